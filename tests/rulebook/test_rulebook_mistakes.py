"""One spoiled rulebook for each kind of mistake: the parser names the file and the key, in both languages."""

from typing import Any

import pytest

from tests.rulebook.plain_files import DROP, REGIONS, Add, Files, change, place, problems_after, shipped_files
from xinheng.core.rulebook.parse import kind_of, parse_rulebook
from xinheng.core.rulebook.problems import RulebookError

PENALTY, LICENCE = "catalogue/penalty.yml", "catalogue/licence.yml"
REGISTER = "catalogue/registration.yml"
EXPORT, COLUMNS = "exports/national-2018.yml", "items.licence.columns"
COLUMN = f"{COLUMNS}[0]"
DEBTORS, HONOUR = "catalogue/enforcement.yml", "catalogue/honour.yml"
PUBLIC = "publication/penalty.yml"
LAWS, FINDINGS = "laws.yml", "findings.yml"
KINDS = "codes/penalty_types.yml"
PERSONS = "codes/person_headings.yml"
TYPES, CATEGORY = "codes/subject_type.yml", "codes/subject_category.yml"
EXCEPTIONS = "codes/uscc_exceptions.yml"
YEAR = "calendars/cn/2026.yml"

CONTENT = "fields.content"
FINE = "fields.fine_amount"
LATEST = "editions[1]"
CHECK = "editions[1].checks[0]"
CASE = "editions[1].cases[0]"
REGIME = "regimes[0]"
CLASSES = "rules.three_classes[0]"
EXCEPTION = {
    "code": "91610802MA7XA00124",
    "evidence": "x",
    "decided_by": "registrar",
    "decided_on": "2026-01-01",
}

ONE_OF_EACH_KIND = sorted({kind_of(file): file for file in shipped_files() if kind_of(file) != "gate"}.values())


def term(code: str, zh: str) -> dict[str, object]:
    """One more term of a closed list."""
    return {"code": code, "label": {"zh": zh, "en": "A term"}}


# What is spoiled; file and place; the change; where the problem is told; what it says.
MISTAKES: list[tuple[str, str, str, dict[str, object], str, str]] = [
    ("unknown top key", PENALTY, "", {"colour": "red"}, "colour", "unknown key"),
    ("unknown field key", PENALTY, CONTENT, {"hidden": True}, ".hidden", "unknown key"),
    ("no disclosure class", PENALTY, CONTENT, {"disclosure": DROP}, ".disclosure", "missing"),
    ("unknown disclosure", PENALTY, CONTENT, {"disclosure": "secret"}, ".disclosure", "masked, agencies"),
    ("unknown kind", PENALTY, CONTENT, {"kind": "prose"}, ".kind", "'prose'"),
    (
        "public person",
        *(PENALTY, "fields.legal_representative", {"disclosure": "public"}),
        *(".disclosure", "must not be public"),
    ),
    (
        "public person behind an individual business",
        *(REGISTER, "fields.legal_representative", {"disclosure_individual": "public"}),
        *(".disclosure_individual", "must not be public"),
    ),
    (
        "papers that are shared",
        *(PENALTY, "fields.paper_number", {"disclosure": "agencies"}),
        *(".disclosure", "internal"),
    ),
    ("an item about persons", PENALTY, "", {"item": "credit_household"}, "item", "remove an item about persons"),
    ("an item about persons in Chinese", PENALTY, "", {"item": "信用户"}, "item", "'信用户'"),
    ("an item of no list", LICENCE, "", {"item": "penalties"}, "item", "self_declaration"),
    ("a person as key", REGISTER, "editions[0]", {"key": Add("legal_representative")}, ".key[", "about a person"),
    ("papers as key", PENALTY, LATEST, {"key": Add("paper_number")}, ".key[", "the subject's code"),
    ("a person as title", PENALTY, LATEST, {"title_field": "legal_representative"}, ".title_field", "about a person"),
    ("a list of persons", TYPES, "label", {"zh": "信用户"}, "label.zh", "'信用户'"),
    ("a person by its code", TYPES, "", {"terms": Add(term("natural_person", "某种主体"))}, ".code", "remove it"),
    ("a person by a short code", TYPES, "", {"terms": Add(term("person", "某种主体"))}, ".code", "'person'"),
    ("a household by its code", TYPES, "", {"terms": Add(term("credit_household", "某户"))}, ".code", "remove it"),
    ("a person by its name", TYPES, "", {"terms": Add(term("kind", "自然人"))}, ".label.zh", "'自然人'"),
    ("a person, blanks in between", TYPES, "", {"terms": Add(term("kind", "个 人"))}, ".label.zh", "remove it"),
    ("a farming household", TYPES, "", {"terms": Add(term("kind", "农户"))}, ".label.zh", "'农户'"),
    ("a person as another spelling", TYPES, "terms[0]", {"aliases": Add("自然人（个人）")}, ".aliases[", "remove it"),
    ("a second person beside the refusing one", CATEGORY, "terms[1]", {"aliases": Add("农户")}, ".aliases[", "'农户'"),
    ("headings of nobody", PERSONS, "", {"words": []}, "words", "at least one word"),
    ("a heading of marks alone", PERSONS, "", {"words": Add("--")}, "words[", "with letters"),
    ("years the wrong way round", "codes/dates.yml", "", {"last_year": 1899}, "last_year", "1900"),
    ("unknown law", PENALTY, LATEST, {"law": ["no-law#1"]}, ".law[0]", "'no-law#1'"),
    ("unknown article", PENALTY, LATEST, {"law": ["penalty-law-2021#999"]}, ".law[0]", "article"),
    ("no legal basis", PENALTY, LATEST, {"law": []}, ".law", "legal basis"),
    ("key of no field", PENALTY, LATEST, {"key": ["case_number"]}, ".key[0]", "'case_number'"),
    ("check of no field", PENALTY, f"{CHECK}.fields", {"to": "tomorrow"}, ".fields.to", "'tomorrow'"),
    ("check of a text", PENALTY, f"{CHECK}.fields", {"to": "content"}, ".fields.to", "dates"),
    ("unknown check", PENALTY, CHECK, {"name": "guess"}, ".checks[0].name", "'guess'"),
    ("check without a part", PENALTY, f"{CHECK}.fields", {"to": DROP}, ".fields.to", "missing"),
    (
        "forbidden code that is none",
        *(PENALTY, "editions[1].checks[4].params", {"choices": ["flogging"]}),
        *(".params.choices[0]", "'flogging'"),
    ),
    ("overlapping editions", PENALTY, "editions[0].in_force", {"to": "2018-07-01"}, ".in_force", "overlaps"),
    ("editions of one name", LICENCE, "editions[0]", {"edition": "2018"}, ".edition", "twice"),
    ("a field twice", LICENCE, LATEST, {"fields": Add("note")}, ".fields[", "twice"),
    ("a field of no edition", LICENCE, "fields", {"mood": {"shared": "note"}}, "fields.mood", "no edition"),
    ("an unknown field", LICENCE, LATEST, {"fields": Add("mood")}, ".fields[", "'mood'"),
    ("a choice without list", LICENCE, "fields.licence_type", {"list": DROP}, ".list", "closed list"),
    (
        "one header for two fields",
        *(LICENCE, "fields.valid_from", {"headers": Add("许可 有效期（至）")}),
        *(".fields[", "valid_from and valid_to"),
    ),
    ("unknown shared field", LICENCE, "fields.note", {"shared": "notes"}, ".shared", "'notes'"),
    (
        "required when no field",
        *(PENALTY, FINE, {"required_when": {"field": "kinds", "any_of": ["fine"]}}),
        *(".required_when.field", "'kinds'"),
    ),
    (
        "required when no code",
        *(PENALTY, FINE, {"required_when": {"field": "penalty_types", "any_of": ["toll"]}}),
        *(".required_when.any_of[0]", "'toll'"),
    ),
    ("amount without unit", PENALTY, FINE, {"unit": DROP}, ".unit", "yuan, wan"),
    ("unit of a text", PENALTY, CONTENT, {"unit": "wan"}, ".unit", "amount"),
    ("old code of a text", PENALTY, CONTENT, {"old_code": "tax_number"}, ".old_code", "old_code"),
    ("bounds upside down", PENALTY, FINE, {"minimum": 5, "maximum": 4}, ".maximum", "4"),
    ("number as a text", PENALTY, FINE, {"maximum": "many"}, ".maximum", "a number"),
    ("flag as a text", PENALTY, CONTENT, {"required": "yes"}, ".required", "true or false"),
    ("a length of nothing", PENALTY, CONTENT, {"max_length": 0}, ".max_length", "at least 1"),
    ("a day that is none", PENALTY, f"{LATEST}.in_force", {"from": "2018-02-30"}, ".from", "'2018-02-30'"),
    ("an end before the start", PENALTY, "editions[0].in_force", {"to": "2001-01-01"}, ".to", "not before"),
    ("one language only", PENALTY, f"{CONTENT}.label", {"en": DROP}, ".label.en", "missing"),
    (
        "a share above one",
        *(PENALTY, "editions[1].expectations[0]", {"filled_at_least": 2}),
        *(".filled_at_least", "between 0 and 1"),
    ),
    ("a term of no days", PENALTY, f"{LATEST}.term", {"working_days": 0}, ".working_days", "at least 1"),
    ("a case with an unknown rule", PENALTY, CASE, {"rules": ["no.such"]}, "cases", "'no.such'"),
    ("a case with an unknown outcome", PENALTY, CASE, {"outcome": "fine"}, ".outcome", "accepted"),
    ("a case like none", PENALTY, "editions[1].cases[2]", {"like": "nobody"}, ".like", "'nobody'"),
    ("a case with an unknown value", PENALTY, f"{CASE}.values", {"mood": "x"}, ".values.mood", "'mood'"),
    ("verified left open", LAWS, "laws[0]", {"verified": DROP}, ".verified", "true or false"),
    ("two terms of one spelling", KINDS, "terms[1]", {"aliases": ["警 告"]}, "terms", "警 告"),
    ("other that is no term", KINDS, "", {"other": "else"}, "terms", "else"),
    ("a list without terms", KINDS, "", {"terms": []}, "terms", "at least one term"),
    ("overlapping regimes", PUBLIC, f"{REGIME}.in_force", {"to": DROP}, ".in_force", "overlaps"),
    ("a regime of no item", PUBLIC, "", {"item": "pledge"}, "item", "'pledge'"),
    ("a source of no class", PENALTY, "", {"source_class": "rumour"}, "source_class", "market, complaint, internet"),
    ("no stages", PENALTY, "", {"stages": DROP}, "stages", "missing"),
    ("a stage left out", PENALTY, "stages", {"use": DROP}, "stages.use", "missing"),
    ("an unknown use", PENALTY, "stages", {"use": ["marketing"]}, "stages.use[0]", "'marketing'"),
    ("complaints in the evaluation", PENALTY, "", {"source_class": "complaint"}, "stages.use", "public sources alone"),
    ("withheld and yet published", PENALTY, "stages", {"publication": "withheld"}, "stages.publication", "would show"),
    ("public by no rule", DEBTORS, "stages", {"publication": "by_rule"}, "stages.publication", "publishes nothing"),
    ("an export of no item", EXPORT, "items", {"mood": {"edition": "1", "columns": []}}, "items.mood", "'mood'"),
    ("an export of no edition", EXPORT, "items.licence", {"edition": "1999"}, "licence.edition", "'1999'"),
    ("a column of no field", EXPORT, COLUMN, {"field": "mood"}, ".field", "'mood'"),
    ("a column of another field", EXPORT, COLUMN, {"field": "content"}, ".code", "code of content"),
    ("an unshared field goes out", EXPORT, f"{COLUMNS}[5]", {"field": "tax_number"}, ".field", "not shared"),
    ("a person goes out", EXPORT, f"{COLUMNS}[8]", {"field": "legal_representative"}, ".field", "not shared"),
    ("a spelling of no code", EXPORT, f"{COLUMNS}[24].terms", {"sleeping": "3"}, ".terms.sleeping", "'sleeping'"),
    ("a column twice", EXPORT, "items.licence", {"columns": Add({"code": "BZ"})}, ".columns", "twice"),
    ("left out for no code", EXPORT, "items.penalty.left_out_when", {"any_of": ["x"]}, ".any_of[0]", "'x'"),
    ("an export without law", EXPORT, "", {"law": []}, "law", "legal basis"),
    ("words without a title", HONOUR, "editions[0].persons", {"title_field": DROP}, ".persons", "belong together"),
    ("a title of no field", HONOUR, "editions[0].persons", {"title_field": "mood"}, ".title_field", "'mood'"),
    (
        "two terms without rules",
        *("publication/compulsion.yml", REGIME, {"terms": Add({"class": "minor", "published": False})}),
        *(".terms", "one term at most"),
    ),
    ("a regime with unknown rules", PUBLIC, REGIME, {"rules": "four"}, ".rules", "'four'"),
    ("a class without term", PUBLIC, f"{REGIME}.terms[0]", {"class": "tiny"}, ".terms", "'minor'"),
    ("a rule of no condition", PUBLIC, CLASSES, {"when": {}}, ".when", "condition"),
    ("a rule of an unknown kind", PUBLIC, CLASSES, {"when": {"only": ["toll"]}}, ".when.only[0]", "'toll'"),
    ("months upside down", PUBLIC, f"{REGIME}.terms[1]", {"minimum_months": 99}, "_months", "at most 12"),
    ("from a field of text", PUBLIC, REGIME, {"from_field": "content"}, ".from_field", "dates"),
    (
        "withheld by an unknown state",
        *(PUBLIC, f"{REGIME}.withheld_when", {"any_of": ["gone"]}),
        *(".withheld_when.any_of[0]", "'gone'"),
    ),
    ("off and at work", YEAR, "periods[0]", {"work_days": ["2026-01-01"]}, "periods", "2026-01-01"),
    (
        "an exception without evidence",
        EXCEPTIONS,
        "",
        {"exceptions": [{"code": "9"}]},
        ".evidence",
        "missing",
    ),
    (
        "an exception that is no code",
        *(EXCEPTIONS, "", {"exceptions": [EXCEPTION | {"code": "9161"}]}),
        *(".code", "'9161'"),
    ),
    (
        "an exception in the wrong file",
        *("codes/uscc_authorities.yml", "", {"exceptions": [EXCEPTION]}),
        *("exceptions", EXCEPTIONS),
    ),
    ("a finding without English", FINDINGS, "required", {"en": DROP}, "required.en", "missing"),
    (
        "a finding's parts differ",
        FINDINGS,
        "required",
        {"en": "Fill in {value}."},
        "required.en",
        "{placeholders}",
    ),
    ("a glossary without words", "glossary.yml", "terms[0]", {"definition": DROP}, ".definition", "missing"),
]


@pytest.mark.parametrize(
    ("file", "where", "changes", "path", "said"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES]
)
def test_a_mistake_is_refused_naming_file_and_key(
    file: str, where: str, changes: dict[str, object], path: str, said: str
) -> None:
    problems = problems_after(lambda files: change(files, file, where, changes))
    assert [p for p in problems if p.file == file and path in p.path and said in p.message_en], problems
    assert all(problem.message_zh and problem.message_en for problem in problems)


def test_the_shipped_rulebook_has_no_mistake() -> None:
    assert problems_after(lambda files: None) == ()


def test_a_closed_list_that_is_named_but_missing_is_a_mistake_of_the_field() -> None:
    problems = problems_after(lambda files: files.pop("codes/licence_types.yml"))
    assert ("catalogue/licence.yml", "fields.licence_type.list") in {(p.file, p.path) for p in problems}


@pytest.mark.parametrize(
    ("file", "where"), [(LAWS, "laws"), ("glossary.yml", "terms"), (f"{PENALTY}", "editions[1].cases")]
)
def test_what_stands_twice_is_a_mistake(file: str, where: str) -> None:
    problems = problems_after(lambda files: place(files, file, where).append(place(files, file, where)[0]))
    assert [p for p in problems if p.file == file and "twice" in p.message_en]


@pytest.mark.parametrize(
    ("path", "like", "said"),
    [
        ("codes/zz.yml", KINDS, "two files"),
        ("catalogue/zz.yml", PENALTY, "two files"),
        ("publication/zz.yml", PUBLIC, "two publication files"),
        ("calendars/cn/1999.yml", YEAR, "one notice a year"),
        ("codes/more/list.yml", KINDS, "no rulebook has such a file"),
        ("codes/list.yaml", KINDS, "no rulebook has such a file"),
    ],
)
def test_a_file_too_many_is_a_mistake(path: str, like: str, said: str) -> None:
    problems = problems_after(lambda files: files.update({path: files[like]}))
    assert [problem for problem in problems if said in problem.message_en]


@pytest.mark.parametrize("file", [LAWS, "glossary.yml", "labels.yml", FINDINGS, REGIONS, EXCEPTIONS])
def test_a_missing_file_is_a_mistake(file: str) -> None:
    problems = problems_after(lambda files: files.pop(file))
    assert file in {problem.file for problem in problems if "missing" in problem.message_en}


def test_all_mistakes_are_told_at_once() -> None:
    def spoil(files: Files) -> None:
        change(files, LAWS, "laws[0]", {"verified": DROP})
        change(files, PENALTY, CONTENT, {"disclosure": DROP})
        change(files, PUBLIC, REGIME, {"rules": "four"})

    assert {LAWS, PENALTY, PUBLIC} <= {problem.file for problem in problems_after(spoil)}


def test_a_mistake_in_a_shared_field_is_told_for_each_item_that_takes_it() -> None:
    shared = "catalogue/shared.yml"
    problems = problems_after(lambda files: change(files, shared, "fields.note", {"disclosure": DROP}))
    takers = {name for name in shipped_files() if kind_of(name) == "item"}
    assert {PENALTY, LICENCE, REGISTER} < takers
    assert {problem.file for problem in problems} == takers


@pytest.mark.parametrize("rubbish", [7, "text", [], [[]], {"": None}, {"item": {}}, True])
@pytest.mark.parametrize("file", ONE_OF_EACH_KIND)
def test_rubbish_in_any_file_is_a_problem_and_never_a_crash(file: str, rubbish: Any) -> None:
    problems = problems_after(lambda files: files.update({file: rubbish}))
    assert problems
    assert all(problem.file for problem in problems)


@pytest.mark.parametrize("version", ["", "1", "1.0", "one", "1.0.0 beta"])
def test_a_version_has_three_numbers(version: str) -> None:
    with pytest.raises(RulebookError) as refused:
        parse_rulebook(shipped_files(), version=version, digest="")
    assert [problem.file for problem in refused.value.problems] == ["VERSION"]
