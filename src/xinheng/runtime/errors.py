"""The one exception of the runtime: something was refused or failed, and the sentence says what to do."""


class RuntimeRefusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """A command cannot go on. `rule` is stable; the two sentences say what happened and what to do next."""

    def __init__(self, rule: str, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.rule = rule
        self.message_zh = message_zh
        self.message_en = message_en

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return type(self), (self.rule, self.message_zh, self.message_en)

    def as_dict(self) -> dict[str, str]:
        return {"rule": self.rule, "message_zh": self.message_zh, "message_en": self.message_en}
