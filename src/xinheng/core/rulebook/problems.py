"""What is wrong with a rulebook: every mistake at once, with its place, its value and what is allowed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: file, path inside it (``editions[1].fields[3].kind``), the sentence in both languages."""

    file: str
    path: str
    message_zh: str
    message_en: str

    def __str__(self) -> str:
        return f"{self.file}: {self.path or '(top)'}: {self.message_zh} / {self.message_en}"


class RulebookError(ValueError):
    """The rulebook cannot be used. ``problems`` holds every mistake found, in the order of the files."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
