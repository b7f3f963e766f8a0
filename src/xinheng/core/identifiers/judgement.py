"""What the checks of identifiers hand back: a verdict with its reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from xinheng.core.values import Severity


class Kind(StrEnum):
    """Which identifier a value was judged as."""

    USCC = "uscc"
    ORG_CODE = "org_code"
    REGISTRATION_NUMBER = "registration_number"
    TAX_NUMBER = "tax_number"
    INSTITUTION_CERTIFICATE = "institution_certificate"
    SOCIAL_CERTIFICATE = "social_certificate"


class Verdict(StrEnum):
    """``ok`` and ``warn`` may be used, ``reject`` may not."""

    OK = "ok"
    WARN = "warn"
    REJECT = "reject"


RULES: Mapping[str, Severity] = {
    "code.empty": Severity.ERROR,
    "code.placeholder": Severity.ERROR,
    "code.not_text": Severity.ERROR,
    "code.length": Severity.ERROR,
    "code.alphabet": Severity.ERROR,
    "code.outer_check": Severity.ERROR,
    "code.org_check": Severity.ERROR,
    "code.registration_check": Severity.ERROR,
    "code.authority": Severity.ERROR,
    "code.category": Severity.ERROR,
    "code.old_code_in_unified_column": Severity.ERROR,
    "code.digits_lost": Severity.ERROR,
    "code.several": Severity.ERROR,
    "code.person_number": Severity.ERROR,
    "code.inner_check": Severity.WARNING,
    "code.category_unusual": Severity.WARNING,
    "code.region_unknown": Severity.WARNING,
    "code.region_retired": Severity.WARNING,
    "code.person_shape": Severity.WARNING,
    "code.unified_code_in_old_column": Severity.WARNING,
    "code.region_outside": Severity.INFO,
    "code.exception": Severity.INFO,
    "code.cleaned": Severity.INFO,
}
"""Every rule id that a judgement can carry, with its weight."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that spoke, with the facts its sentence needs; ``detail`` never holds the judged value
    itself.
    """

    rule: str
    detail: Mapping[str, str] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """How much the rule weighs."""
        return RULES[self.rule]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one value: ``normalised`` is the cleaned form, fit for use unless the verdict is
    ``reject``.
    """

    input: str
    normalised: str
    kind: Kind | None
    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The rule ids of the reasons, in order."""
        return tuple(reason.rule for reason in self.reasons)

    @property
    def usable(self) -> bool:
        """Whether the value may be used, perhaps with a warning."""
        return self.verdict is not Verdict.REJECT


def judge(given: str, normalised: str, kind: Kind | None, reasons: Iterable[Reason]) -> Judgement:
    """A judgement whose verdict is that of its heaviest reason."""
    listed = tuple(reasons)
    weights = {reason.severity for reason in listed}
    if Severity.ERROR in weights:
        verdict = Verdict.REJECT
    else:
        verdict = Verdict.WARN if Severity.WARNING in weights else Verdict.OK
    return Judgement(given, normalised, kind, verdict, listed)
