"""Why a whole file cannot be read: one exception, stable rule ids, sentences that say what to do next.

A sentence never repeats anything the file contains; only numbers of the limits and member names of JSON
wrappers that look like identifiers are filled in.
"""

from pathlib import Path

from xinheng.core.values import Bilingual

MESSAGES: dict[str, Bilingual] = {
    "file.missing": Bilingual(
        "找不到该文件。请核对路径和文件名后重试。",
        "There is no such file. Check the path and the name, then try again.",
    ),
    "file.is_folder": Bilingual(
        "给出的是文件夹，不是文件。请指定其中的一个数据文件。",
        "This is a folder, not a file. Name one data file inside it.",
    ),
    "file.not_regular": Bilingual(
        "给出的是设备或管道，不是普通文件。请先把数据保存为文件。",
        "This is a device or a pipe, not a regular file. Save the data as a file first.",
    ),
    "file.not_permitted": Bilingual(
        "没有读取该文件的权限。请调整文件权限后重试。",
        "The file may not be read with the present permissions. Change them, then try again.",
    ),
    "file.unavailable": Bilingual(
        "读取文件时系统报错。请检查磁盘或网络盘后重试。",
        "The system failed while reading the file. Check the disk or network drive, then try again.",
    ),
    "file.empty": Bilingual(
        "文件为 0 字节，无法读取。请重新导出；如本期确无数据，请使用零报送。",
        "The file has 0 bytes and cannot be read. Export it again; if there is nothing to report, use the nil return.",
    ),
    "file.too_large": Bilingual(
        "{what}超过上限（{limit}）。请拆分为几个较小的文件再报送。",
        "{what_en} is above the limit ({limit}). Split the data into several smaller files.",
    ),
    "file.not_text": Bilingual(
        "文件内容既不是表格文件，也不是可识别编码的文本（UTF-8、UTF-16、GB18030）。请另存为 XLSX 或 UTF-8 的 CSV。",
        "The content is neither a spreadsheet nor text in a known encoding (UTF-8, UTF-16, GB18030). "
        "Save it as XLSX or as CSV in UTF-8.",
    ),
    "file.encrypted": Bilingual(
        "文件设有打开密码或已加密。请去掉密码后重新保存再报送。",
        "The file is encrypted or needs a password to open. Save it without a password and send it again.",
    ),
    "file.truncated": Bilingual(
        "文件不完整，末尾缺失，可能是传输中断。请重新传输或重新导出。",
        "The file is cut short, perhaps by a broken transfer. Transfer or export it again.",
    ),
    "file.damaged": Bilingual(
        "文件已损坏或结构不符合其格式，无法读取。请用原软件打开并另存一份再报送。",
        "The file is damaged or breaks the rules of its format. Open it in its program, save a new copy, "
        "and send that.",
    ),
    "file.unknown_type": Bilingual(
        "不支持的文件类型。请另存为 XLSX、XLS、CSV 或 JSON。",
        "This type of file is not accepted. Save it as XLSX, XLS, CSV or JSON.",
    ),
    "file.html": Bilingual(
        "文件是网页（HTML），其中没有可读取的表格（可能只是外壳，或是单文件网页 MHT）。请用表格软件打开后另存为 XLSX。",
        "The content is a web page (HTML) without a table: perhaps a frame around other files, or a page saved "
        "in one file (MHT). Open it in a spreadsheet program and save it as XLSX.",
    ),
    "file.xml": Bilingual(
        "文件内容是 XML，但不是 Excel 2003 的 XML 表格，暂不接受。请另存为 XLSX、CSV 或 JSON。",
        "The content is XML other than an XML spreadsheet of Excel 2003, which is not accepted. Save it as XLSX, "
        "CSV or JSON.",
    ),
    "file.archive": Bilingual(
        "压缩包格式不受支持，只接受 ZIP。请解压后重新打包为 ZIP，或逐个报送其中的数据文件。",
        "This kind of archive is not accepted, only ZIP is. Unpack it and pack the data files as ZIP, or send them "
        "one by one.",
    ),
    "file.macros": Bilingual(
        "工作簿含有宏（VBA 或 Excel 4.0 宏），不予接收。请另存为不含宏的 XLSX 再报送。",
        "The workbook holds macros (VBA or Excel 4.0), which are not accepted. Save it as XLSX without macros and "
        "send that.",
    ),
    "file.external_links": Bilingual(
        "工作簿链接了其他文件，其数值无法核实。请在“数据 → 编辑链接”中断开链接（保留数值）后另存再报送。",
        "The workbook links to other files, whose values cannot be checked. Break the links (keeping the values), "
        "save it and send it again.",
    ),
    "file.entities": Bilingual(
        "文件中的 XML 含有文档类型或实体声明，正常的表格文件没有这些内容，不予读取。请用表格软件打开后另存一份再报送。",
        "The XML inside declares a document type or entities, which no spreadsheet needs; it is not read. Open the "
        "file in a spreadsheet program, save a new copy, and send that.",
    ),
    "file.bomb": Bilingual(
        "压缩内容解压后异常膨胀，不像真实数据，已停止读取。请用原软件打开并另存一份再报送。",
        "The compressed content swells beyond what real data do, and reading was stopped. Open it in its program, "
        "save a new copy, and send that.",
    ),
    "file.too_costly": Bilingual(
        "读取该文件所需的内存或时间超过上限，已停止读取。请删除多余的空行、样式和合并单元格，或拆分、另存为 CSV。",
        "Reading this file takes more memory or time than is allowed, and was stopped. Remove needless blank rows, "
        "styles and merged cells, split it, or save it as CSV.",
    ),
    "archive.no_files": Bilingual(
        "压缩包中没有数据文件。请确认打包的内容后重新报送。",
        "The archive holds no data file. Check what was packed and send it again.",
    ),
    "archive.nested": Bilingual(
        "压缩包中还有压缩包。请先解开内层压缩包，把数据文件直接放入一个 ZIP。",
        "The archive holds another archive. Unpack the inner one and put its data files into one ZIP.",
    ),
    "archive.unsafe_name": Bilingual(
        "压缩包中有不安全的文件名（绝对路径、“..”、控制字符）或链接。请重新打包数据文件。",
        "The archive holds an unsafe file name (absolute path, “..”, control characters) or a link. Pack the data "
        "files anew.",
    ),
    "archive.duplicate": Bilingual(
        "压缩包中有同名文件，无法判断以哪一个为准。请只保留一个后重新打包。",
        "The archive holds two files of one name; which one counts cannot be told. Keep one and pack it again.",
    ),
    "file.pdf_or_image": Bilingual(
        "文件是版式文档或图片（PDF、OFD、图片），不能作为数据读取。请报送原始的表格文件。",
        "This is a page document or a picture (PDF, OFD, image) and holds no readable rows. Send the original table.",
    ),
    "json.not_rows": Bilingual(
        "JSON 中没有可作为数据行的对象列表。请提供对象数组、每行一个对象，或只包含一个对象列表的外层对象。",
        "The JSON holds no list of objects to read as rows. Send an array of objects, one object per line, "
        "or a wrapper with a single list of objects.",
    ),
    "json.several_lists": Bilingual(
        "JSON 中有多个对象列表（{names}），无法判断哪一个是数据行。请只保留一个。",
        "The JSON holds several lists of objects ({names}); which one has the rows cannot be told. Keep only one.",
    ),
    "sheet.missing": Bilingual(
        "文件中没有指定名称的工作表。请核对工作表名称（文本和 JSON 文件没有工作表）。",
        "The file has no sheet of the given name. Check the name (text and JSON files have no sheets).",
    ),
    "workbook.no_sheets": Bilingual(
        "工作簿中没有数据工作表。请确认导出的内容后重新保存。",
        "The workbook has no worksheet. Check what was exported and save it again.",
    ),
}


class UnreadableFile(Exception):  # noqa: N818 - the name says what is the matter
    """The file as a whole cannot be read; nothing of it is taken.

    ``rule`` is a stable id from ``MESSAGES``, ``message`` the sentence for people in both languages,
    ``member`` the file inside a ZIP that is meant, as the ZIP names it.
    """

    def __init__(self, rule: str, message: Bilingual, member: str | None = None) -> None:
        super().__init__(f"{rule}: {message.en}")
        self.rule = rule
        self.message = message
        self.member = member

    def __reduce__(self) -> tuple[type, tuple[str, Bilingual, str | None]]:
        return type(self), (self.rule, self.message, self.member)


def place_of(fault: BaseException) -> str:
    """Where in the program a fault arose; what it says may hold values of the file."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else "?"


def unreadable(rule: str, **parts: object) -> UnreadableFile:
    """The exception for ``rule``, with the parts its sentence asks for filled in."""
    return UnreadableFile(rule, MESSAGES[rule].format(**parts))


def too_large(what_zh: str, what_en: str, limit: str) -> UnreadableFile:
    """The exception for something above one of the limits."""
    return unreadable("file.too_large", what=what_zh, what_en=what_en, limit=limit)
