"""What the try of a draft has found, on its page: to whom and when, which reviews reach a manager at another time."""

from __future__ import annotations

import io
from datetime import date, timedelta

from lxml import html as markup

from tests.builders.small_town import SmallTown
from tests.webapp.desk_work import at_work
from webapp import create_app
from webapp.programme.weeks_drawn import HEIGHT, weeks_drawn
from workers.jobs import try_ladders
from workflows.assembly import Office
from workflows.casework.ladder_table import standard, written

TRY = "/programme/acm/reminders/try"
SOONER = written(standard()).replace("review,L2,+2WD", "review,L2,+1WD")
DAYS = {"first[day]": "19", "first[month]": "10", "first[year]": "2026",
        "last[day]": "15", "last[month]": "11", "last[year]": "2026"}  # fmt: skip


def found(office: Office) -> str:
    """The page of a try of three weeks in which a review was done a week late, and much fell due one morning."""
    town = SmallTown(office)
    nurse = town.staff("Nurse", "nurse east")
    town.staff("Manager", "team_manager east")
    case, asked = town.case(), town.now - timedelta(days=14)
    done = {"assignee_id": nurse, "status": "completed", "opened_at": asked}
    for _ in range(11):
        town.task(case, escalation="S", due="-332h", due_unit="H", ended_at=asked + timedelta(hours=3), **done)
    late = {**done, "opened_at": asked - timedelta(days=20), "ended_at": asked + timedelta(days=7)}
    town.task(case, escalation="A", properties={"ladder": "review"}, due="-14d", name="Review", **late)
    browser = at_work(create_app(office), town.staff("Max Orr", "service_manager"))
    browser.post("/programme/acm/reminders/draft/file", {"file": (io.BytesIO(SOONER.encode()), "reminders.csv")})
    browser.post(TRY, DAYS)
    try_ladders.ITEMS.work(office)
    return browser.get(TRY).text


def rows(page: str, caption: str) -> list[list[str]]:
    """The cells of a table, without the headings that a phone repeats."""
    path = f"//table[contains(caption, '{caption}')]/tbody/tr"
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("td/div")]
        for row in markup.fromstring(page).xpath(path)
    ]


def test_the_page_says_to_whom_and_when_today_beside_the_draft(office: Office) -> None:
    page = found(office)
    assert rows(page, "2 people, the most first") == [["Nurse", "13", "13"], ["Manager", "1", "1"]]
    assert rows(page, "1 person, the most first") == [["Nurse", "1 (most: 12)", "1 (most: 12)"]]
    assert rows(page, "Messages in each week") == [
        ["26 October 2026", "1", "1"], ["2 November 2026", "13", "13"],
    ]  # fmt: skip
    assert rows(page, "Messages by weekday")[0] == [
        "Monday", "today 2, draft 2", "today 11, draft 11", "today 0, draft 0",
    ]  # fmt: skip
    assert "ACM-000001: on 3 November 2026, today on 4 November 2026" in page
    assert len(markup.fromstring(page).xpath("//svg//rect[contains(@class, 'bar--draft')]")) == 3  # and in the key


def test_the_tallest_bar_is_that_of_the_most_messages() -> None:
    drawing = weeks_drawn([(date(2026, 11, 2), 50, 100), (date(2026, 11, 9), 0, 25)])
    assert drawing.tallest == 100
    assert [[bar.height for bar in week.bars] for week in drawing.weeks] == [[HEIGHT / 2, HEIGHT], [0, HEIGHT / 4]]
