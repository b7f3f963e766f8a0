"""The line: organisations only. Twenty-seven demands of policy papers that would need a person as subject are refused.

Each is named by its row in the table of requirements, with what is checked here; then everything that the channels left
behind is searched for the people that were planted in the files.
"""

import json
import subprocess
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from tests.doors import town
from tests.doors.command_line import CommandLine, installation, words
from tests.rulebook.plain_files import problems_after
from tests.stories.people import FORMATS, Person, everything_kept, found_in, person, tables, write
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database

HOSPITAL, SCHOOL, CARE, COOPERATIVE, VILLAGE, CARRIER = (
    ("云台区人民医院", "12"), ("云台区第一中学", "12"), ("云台区安康养老院", "52"), ("云台区丰穗种植专业合作社", "93"),
    ("云台区柳树镇柳树村村民委员会", "59"), ("云台区通达运输有限公司", "91"),
)  # fmt: skip
NAMESAKE = person(0)
"""A studio bears the name of this person: an organisation whose own name matches."""
ORGANISATIONS = [HOSPITAL, SCHOOL, CARE, COOPERATIVE, VILLAGE, CARRIER, (f"{NAMESAKE.name}书画有限公司", "91")]
NAMELESS_SUBJECTS = (
    "credit_household", "信用户", "family_planning", "traffic_offence", "public_servant", "teacher", "doctor", "expert",
    "household_means", "personal_score", "bribery", "person", "staff",
)  # fmt: skip


@dataclass(slots=True)
class Town:
    """What was sent and what came back."""

    office: CommandLine
    people: list[Person]
    receipts: dict[str, Any]
    said: list[str]


def code(place: int) -> str:
    return town.organisation_code(place, ORGANISATIONS[place][1])


def decision(place: int, number: int, **changes: str) -> town.Row:
    row = town.penalty(place, ORGANISATIONS[place][0], f"云市监罚〔2026〕{number}号", code=code(place))
    return row | changes


def planted(start: int, number: int) -> tuple[list[Person], list[town.Row]]:
    """Five rows: three people in three disguises, and two organisations with people in cells where none belongs."""
    farmer, driver, doctor, boss, worker = people = [person(start + place) for place in range(5)]
    return people, [
        decision(3, number, name=farmer.name, category="农户", code=farmer.number),
        decision(5, number + 1, name=driver.name, category="自然人", code="", papers=driver.number),
        decision(0, number + 2, name=doctor.name, category="", code="", papers=doctor.number),
        decision(5, number + 3, representative=boss.name, papers=boss.number, facts=f"超限运输，电话{boss.phone}"),
        decision(2, number + 4, facts=f"护理员证件{worker.number}，工资卡 {worker.card}"),
    ]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The same kinds of rows through every format; everything any command said is kept for the search."""
    place = tmp_path_factory.mktemp("persons")
    (place / "temporary").mkdir()
    office = installation(place / "data")
    office.environment["TMPDIR"] = str(place / "temporary")
    office.json("agency", "add", town.REGISTRAR, town.REGISTRAR_NAME)
    office.json("agency", "add", town.AGENCY, town.AGENCY_NAME)
    rows = [town.registered(at, name, code=code(at)) for at, (name, _) in enumerate(ORGANISATIONS)]
    receipts = {"register": office.submit(town.register_file(place / "r.csv", rows), "registration", town.REGISTRAR)}
    people, said = [], []
    for at, form in enumerate(FORMATS):
        some, rows = planted(1 + at * 5, 100 + at * 10)
        file = write(place, form, town.PENALTY_COLUMNS, rows)
        answer = office.run("submit", file, "--item", "penalty", "--agency", town.AGENCY, "--rows", "--json")
        said += [answer.out, answer.err, office.run("submit", file, "--item", "penalty", "--agency", town.AGENCY).out]
        receipts[form] = json.loads(answer.out)
        people += some
    return Town(office, people, receipts, said)


@pytest.mark.parametrize("form", FORMATS)
def test_rows_about_persons_are_refused_and_counted_in_every_format(sent: Town, form: str) -> None:
    receipt = sent.receipts[form]
    assert [row["outcome"] for row in receipt["outcomes"]] == [*["excluded_person"] * 3, "accepted", "accepted"]
    assert receipt["excluded_persons"] == 3
    for row in receipt["outcomes"][:3]:
        assert (row["subject"], row["record"]) == (None, None)
        said = [receipt["findings"][place] for place in row["findings"]]
        assert [(finding["rule"], finding["value"]) for finding in said] == [("NP-EXCLUDED", None)]


def test_nothing_of_them_stayed_anywhere(sent: Town) -> None:
    """Database, documents, logs, locks, temporary files: byte by byte, in every encoding."""
    traces = tuple(trace for each in sent.people for trace in each.traces)
    kept = list(everything_kept(sent.office))
    assert len([name for name, _ in kept if name.startswith("table ")]) >= 10
    archived = b"".join(content for name, content in kept if name.startswith("table archive_version"))
    assert found_in(("云市监罚〔2026〕103号",), archived), "the search itself finds what is there"
    assert {name: found for name, content in kept if (found := found_in(traces, content))} == {}
    assert list((sent.office.data.parent / "temporary").rglob("*")) == []


def test_nothing_of_them_was_said(sent: Town) -> None:
    traces = tuple(trace for each in sent.people for trace in each.traces)
    assert [found for said in sent.said if (found := found_in(traces, said.encode()))] == []


def test_no_page_says_it_either(sent: Town) -> None:
    """Files, records, searches by number, pages that do not exist."""
    one = sent.people[3]
    with sent.office.served() as pages:
        records = [row["record"] for row in sent.receipts["xlsx"]["outcomes"][3:]]
        paths = [f"/org/{code(5)}/", f"/org/{code(2)}/", *(f"/record/{record}/" for record in records)]
        texts = {path: pages.page(path) for path in [*paths, *(f"/en{path}" for path in paths)]}
        for path in (f"/org/{one.number}/", f"/record/{one.number}/", f"/person/{one.number}/", f"/{one.number}/"):
            texts[path] = words(pages.get(path)[1])
        texts["search"] = pages.page(f"/search/?q={one.number}")
        found = pages.page("/search/?q=" + quote(one.name))
    assert "/org/" not in found, "a personal name finds nobody"
    traces = tuple(trace for each in sent.people for trace in each.traces)
    assert {path: found for path, text in texts.items() if (found := found_in(traces, text.encode()))} == {}


# What is refused, row by row of the table of requirements.


def farm_households_are_refused_and_cooperatives_load(sent: Town) -> None:
    assert sent.receipts["utf-8.csv"]["outcomes"][0]["outcome"] == "excluded_person"
    assert sent.office.json("show", code(3))["name"] == COOPERATIVE[0]


def a_name_finds_only_organisations_of_that_name(sent: Town) -> None:
    assert [hit["code"] for hit in sent.office.json("search", NAMESAKE.name)["hits"]] == [code(6)]
    assert sent.office.json("search", sent.people[0].name)["hits"] == []


def there_is_no_table_of_people(sent: Town) -> None:
    """Every table by name: whoever adds one about people has to change this list first."""
    with database(DataFolder(sent.office.data)) as server, psycopg.connect(server.conninfo()) as connection:
        names = {name for name in tables(connection) if not name.startswith(("archive_version", "django_"))}
    assert {name.split("_")[0] for name in names} <= {"accounts", "archive", "intake", "ledger", "publication"}
    assert not [name for name in names if any(word in name for word in ("person", "people", "staff", "user", "score"))]


def there_is_no_command_for_people(sent: Town) -> None:
    offered = sent.office.run("--help").out.lower()
    assert not [word for word in ("person", "people", "staff", "score", "grade", "blacklist") if word in offered]


def there_is_no_page_for_people(sent: Town) -> None:
    with sent.office.served() as pages:
        for path in ("person", "people", "staff", "score", "experts", "debtors", "exposure", "account", "map/people"):
            assert pages.get(f"/{path}/")[0] == 404, path
        assert "老赖" not in pages.page("/") + pages.page("/about/")


def no_item_about_people_can_be_sent(sent: Town) -> None:
    file = town.penalty_file(sent.office.data.parent / "any.csv", [decision(0, 900)])
    for item in NAMELESS_SUBJECTS:
        assert sent.office.refused("submit", file, "--item", item, "--agency", town.AGENCY) == "item.unknown"
    assert sent.office.refused("agency", "add", town.AGENCY, "某局", "--items", "信用户") == "item.unknown"


def no_measure_or_use_list_about_people_can_be_parsed(_: Town) -> None:
    """The rulebook has no place where a measure, a matter or a list of members could stand."""
    for place in ("measures/flight_ban.yml", "matters/cadre_selection.yml", "lists/debtors.yml", "people/experts.yml"):
        assert problems_after(lambda files, place=place: files.update({place: {"target": "natural_person"}}))


def personal_fields_cannot_be_opened(_: Town) -> None:
    """A representative's name or a person's papers with a public class: that rulebook does not parse."""
    for item in ("penalty", "licence", "registration"):
        fields = lambda files, item=item: files[f"catalogue/{item}.yml"]["fields"]  # noqa: E731
        assert problems_after(lambda files: fields(files)["legal_representative"].update(disclosure="public"))  # noqa: B023
        assert problems_after(lambda files: fields(files)["paper_number"].update(disclosure="agencies"))  # noqa: B023


def penalties_for_people_are_no_penalty_of_an_organisation(sent: Town) -> None:
    """Detention is for natural persons: on an organisation it is an error, on a person the row is excluded."""
    rows = [decision(5, 910, kinds="行政拘留"), decision(5, 911, kinds="行政拘留", category="自然人", code="")]
    file = town.penalty_file(sent.office.data.parent / "detention.csv", rows)
    receipt = sent.office.submit(file, "penalty", town.AGENCY)
    assert [row["outcome"] for row in receipt["outcomes"]] == ["rejected", "excluded_person"]


def an_organisations_overload_loads_and_a_drivers_record_does_not(sent: Town) -> None:
    assert [row["outcome"] for row in sent.receipts["xlsx"]["outcomes"]][1:4:2] == ["excluded_person", "accepted"]
    assert "超限运输" in json.dumps(sent.office.json("show", code(5)), ensure_ascii=False)


def a_list_of_people_is_refused_at_import(sent: Town) -> None:
    """Names and numbers without an organisation's code: no row comes in, whatever the file calls itself."""
    cells = [["姓名", "身份证号", "执业证书编号"], [person(60).name, person(60).number, "1106"]]
    file = town.write_csv(sent.office.data.parent / "people.csv", cells)
    for item in ("penalty", "licence", "registration"):
        answer = sent.office.run("submit", file, "--item", item, "--agency", town.REGISTRAR, "--json")
        if answer.code == 0:
            assert answer.json()["accepted"] == answer.json()["held"] == 0
        assert found_in(person(60).traces, (answer.out + answer.err).encode()) == []
    assert not [name for name, content in everything_kept(sent.office) if found_in(person(60).traces, content)]


def bodies_have_files(sent: Town) -> None:
    """Hospital, school, care home and village committee are subjects as bodies."""
    for place in (0, 1, 2, 4):
        assert sent.office.json("show", code(place))["name"] == ORGANISATIONS[place][0]


def pictures_and_films_are_no_source(sent: Town) -> None:
    film = sent.office.data.parent / "camera.jpg"
    film.write_bytes(b"\xff\xd8\xff\xe0" + b"\0" * 200)
    rule = sent.office.refused("submit", film, "--item", "penalty", "--agency", town.AGENCY)
    assert rule == "file.pdf_or_image"


def pages_take_no_opinion_and_store_nothing_of_the_viewer(sent: Town) -> None:
    with sent.office.served() as pages:
        done = subprocess.run(
            ["curl", "--silent", "--noproxy", "*", "--include", "--data", "stars=1", f"{pages.root}/org/{code(0)}/"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        looked = subprocess.run(
            ["curl", "--silent", "--noproxy", "*", "--include", f"{pages.root}/org/{code(0)}/"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert done.stdout.split()[1] == "405"
    assert "set-cookie" not in looked.stdout.lower()


def nothing_is_scored(sent: Town) -> None:
    """No column anywhere holds a score, a grade or points."""
    question = "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'"
    with database(DataFolder(sent.office.data)) as server, psycopg.connect(server.conninfo()) as connection:
        columns = [name for (name,) in connection.execute(question)]
    assert columns
    assert not [name for name in columns if any(word in name for word in ("score", "grade", "points", "rating"))]


REFUSED = {
    "R-004": [farm_households_are_refused_and_cooperatives_load],
    "R-012": [a_name_finds_only_organisations_of_that_name, there_is_no_table_of_people, there_is_no_page_for_people],
    "R-052": [no_item_about_people_can_be_sent, a_list_of_people_is_refused_at_import],
    "R-053": [there_is_no_table_of_people, there_is_no_command_for_people, there_is_no_page_for_people],
    "R-091": [no_measure_or_use_list_about_people_can_be_parsed],
    "R-141": [no_measure_or_use_list_about_people_can_be_parsed, bodies_have_files],
    "R-143": [there_is_no_page_for_people, personal_fields_cannot_be_opened],
    "R-158": [
        no_measure_or_use_list_about_people_can_be_parsed,
        penalties_for_people_are_no_penalty_of_an_organisation,
    ],
    "R-177": [no_measure_or_use_list_about_people_can_be_parsed, bodies_have_files],
    "R-191": [nothing_is_scored, there_is_no_command_for_people],
    "R-192": [nothing_is_scored, a_list_of_people_is_refused_at_import],
    "R-193": [no_item_about_people_can_be_sent, bodies_have_files],
    "R-208": [pictures_and_films_are_no_source],
    "R-217": [pages_take_no_opinion_and_store_nothing_of_the_viewer, nothing_is_scored],
    "R-236": [no_item_about_people_can_be_sent, there_is_no_page_for_people],
    "R-275": [no_item_about_people_can_be_sent, a_name_finds_only_organisations_of_that_name],
    "R-289": [no_item_about_people_can_be_sent, there_is_no_command_for_people],
    "R-308": [no_item_about_people_can_be_sent, there_is_no_command_for_people],
    "R-339": [no_item_about_people_can_be_sent, there_is_no_page_for_people],
    "R-340": [no_item_about_people_can_be_sent],
    "R-341": [no_item_about_people_can_be_sent, bodies_have_files],
    "R-342": [an_organisations_overload_loads_and_a_drivers_record_does_not],
    "R-343": [a_list_of_people_is_refused_at_import, bodies_have_files],
    "R-344": [bodies_have_files, no_item_about_people_can_be_sent],
    "R-358": [a_list_of_people_is_refused_at_import, there_is_no_page_for_people],
    "R-361": [pages_take_no_opinion_and_store_nothing_of_the_viewer],
    "R-380": [a_list_of_people_is_refused_at_import, there_is_no_table_of_people],
}


@pytest.fixture(scope="module")
def checked() -> set[object]:
    """Checks that have passed: several demands rest on the same one, which runs once."""
    return set()


@pytest.mark.parametrize("requirement", sorted(REFUSED))
def test_what_would_need_a_person_as_subject_is_refused(sent: Town, checked: set[object], requirement: str) -> None:
    for check in REFUSED[requirement]:
        if check not in checked:
            check(sent)
            checked.add(check)


def test_all_twenty_seven_are_here() -> None:
    assert len(REFUSED) == 27
