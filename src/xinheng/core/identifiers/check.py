"""One value of unknown kind: what is it, and may it be used? (The command ``code check``.)"""

from datetime import date

from xinheng.core.cells import Cell
from xinheng.core.identifiers.cleaning import clean
from xinheng.core.identifiers.judgement import Judgement, Kind, Reason, judge
from xinheng.core.identifiers.legacy import judge_organisation_code, judge_registration_number
from xinheng.core.identifiers.tables import UsccTables
from xinheng.core.identifiers.uscc import judge_uscc
from xinheng.core.persons import LATEST, mask_any, person_shape


def check(value: Cell, tables: UsccTables, latest: date = LATEST) -> Judgement:
    """Find out the kind by the cleaned value's length and judge it; ``kind`` is ``None`` when no kind has
    that shape.

    A value of a person's shape is masked in ``input`` and ``normalised``, whatever else it is; when it is a
    valid code too the verdict is ``warn``. Any other personal number in the value is masked as well.
    ``latest`` is the last day on which
    somebody can have been born.
    """
    cleaned = clean(value, tables)
    if person_shape(value, latest) is not None:
        return _of_person(value, cleaned.given, _judge(value, cleaned.text, tables), latest)
    judged = _judge(value, cleaned.text, tables)
    if judged.usable:
        return judged
    shown = mask_any(cleaned.given, latest)
    if shown == cleaned.given:
        return judged
    return judge(shown, mask_any(judged.normalised, latest), judged.kind, judged.reasons)


def _judge(value: Cell, text: str, tables: UsccTables) -> Judgement:
    if len(text) == 9:
        return judge_organisation_code(value, tables)
    if len(text) == 15:
        return judge_registration_number(value, tables)
    judged = judge_uscc(value, tables)
    if len(text) == 18 and text.isalnum():
        return judged
    return judge(judged.input, judged.normalised, None, judged.reasons)


def _of_person(value: Cell, given: str, judged: Judgement, latest: date) -> Judgement:
    shown = mask_any(given, latest)
    if judged.usable:
        return judge(shown, shown, judged.kind, (Reason("code.person_shape"), *judged.reasons))
    kind: Kind | None = None
    return judge(shown, shown, kind, (Reason("code.person_number"),))
