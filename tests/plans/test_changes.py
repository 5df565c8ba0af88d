"""The plan is changed by several, in their order: places, numbers, two editors of one thing, and a wrong click."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.outcomes import Outcome
from nyemonstre.access.wall import acting_as
from nyemonstre.audit.models import Event
from nyemonstre.refusals import Refused
from plans import actions
from plans.enums import Doer, GoalState, MeasureState, PlanEvent
from plans.models import Goal, GoalRating, Measure
from tests.e2e.world import sent_by

from .conftest import HTMX, key, refused, url

today = timezone.localdate


# --- order and filters


def test_goals_and_measures_are_moved_by_plain_buttons_and_the_filters_stay(client, family, people, goal, measure, by):
    second = actions.add_goal(family, outcome=Outcome.RM5, words="Lappen", whose=[people["Far"]], by=by)
    late = actions.add_measure(goal, what="Ringe NAV", done_by=Doer.FAMILY, due_on=today() - timedelta(3), by=by)
    filters = f"?hvem={people['Far'].pk}&ordne=ja"
    page = client.get(url("family_tab", family) + filters).content.decode()
    assert page.index('dir="auto">Ringe NAV') < page.index(measure.what)
    assert f'name="opp" value="mal:{second.pk}"' in page
    # Sent plainly: htmx does not see a button that stands outside its form, and would send nothing.
    form = page[page.index('id="flytt"') :]
    assert "hx-" not in form[: form.index("</form>")]
    answer = client.post(url("move", family) + filters, {"opp": f"mal:{second.pk}"})
    # The browser puts the focus on the button the address ends with.
    assert answer.url == url("family_tab", family) + filters + f"#opp-{second.pk}"
    client.post(url("move", family), {"ned": f"tiltak:{late.pk}"})
    page = client.get(url("family_tab", family)).content.decode()
    assert page.index("«Lappen»") < page.index("«En jobb ryggen tåler»")
    assert page.index(measure.what) < page.index('dir="auto">Ringe NAV')
    assert client.post(url("move", family), {"opp": "mal:tull"}).status_code == 404
    told = client.post(url("move", family), {"opp": f"mal:{second.pk}"}, follow=True).content.decode()
    assert "Det står alt øverst." in told


def test_the_plan_shows_one_service_or_what_waits(client, family, goal, measure, school, line, by):
    actions.add_measure(goal, what="Leksehjelp", done_by=Doer.SERVICE, service=school, by=by)
    actions.add_measure(goal, what="Ringe NAV", done_by=Doer.FAMILY, due_on=today() - timedelta(3), by=by)

    def shown(query):
        page = client.get(url("family_tab", family) + query).content.decode()
        return [what for what in ("Leksehjelp", "Ringe NAV", measure.what) if f'<span dir="auto">{what}' in page]

    assert shown("") == ["Leksehjelp", "Ringe NAV", measure.what]
    assert shown(f"?tjeneste={school.pk}") == ["Leksehjelp"]
    assert shown("?vis=venter") == ["Ringe NAV"]
    assert shown(f"?tjeneste={school.pk}&vis=venter") == []
    page = client.get(url("family_tab", family) + f"?tjeneste={school.pk}&vis=venter").content.decode()
    assert "Vis hele planen" in page
    assert f"?tjeneste={school.pk}&amp;vis=venter" in page


def test_the_order_is_the_familys(family, goal, people, by):
    goals = [goal] + [
        actions.add_goal(family, outcome=Outcome.RM5, words=words, whose=[people["Far"]], by=by) for words in "bc"
    ]
    actions.add_goal(family, outcome=Outcome.RM1, words="Ro", whose=[people["Far"]], by=by)
    actions.move(goals[2], up=True, by=by)
    actions.move(goals[0], up=False, by=by)
    with acting_as(by):
        rows = list(Goal.objects.filter(family=family, outcome=Outcome.RM5))
    assert [row.words for row in rows] == ["c", goal.words, "b"]
    assert {row.version for row in rows} == {1}
    with refused("at_the_end"):
        actions.move(goals[2], up=True, by=by)
    measures = [actions.add_measure(goal, what=what, done_by=Doer.FAMILY, by=by) for what in "xyz"]
    actions.finish_measure(measures[1], by=by)
    actions.move(measures[2], up=True, by=by)
    with acting_as(by):
        kept = [row.what for row in Goal.objects.with_measures().get(pk=goal.pk).open_measures]
    assert kept == ["z", "x"]
    with refused("not_active"):
        actions.move(measures[1], up=True, by=by)
    with acting_as(by):
        assert Event.objects.filter(family_id=family.pk, what=PlanEvent.ORDER_CHANGED).count() == 3


def test_how_near_a_goal_feels_is_only_added_to(goal, by):
    with refused("no_number"):
        actions.rate_goal(goal, by=by)
    with refused("future"):
        actions.rate_goal(goal, rating=5, on=today() + timedelta(days=1), by=by)
    actions.rate_goal(goal, rating=0, by=by)
    first = actions.rate_goal(goal, rating_by_coordinator=4, on=today() - timedelta(days=9), by=by)
    with acting_as(by):
        kept = GoalRating.objects.filter(goal=goal).values_list("rating", "rating_by_coordinator")
        assert list(kept) == [(None, 4), (0, None)]
        assert GoalRating.objects.filter(pk=first.pk).update(rating=9) == 0
    closed = actions.close_goal(goal, state=GoalState.REACHED, reason="Ja", by=by)
    with refused("not_active"):
        actions.rate_goal(closed, rating=5, by=by)


def test_a_measure_says_what_it_waits_for_and_when_it_shall_be_done(measure, by):
    soon = today() + timedelta(days=60)
    with refused("window_open"):
        actions.change_measure(measure, due_from=soon, by=by)
    with refused("window_backwards"):
        actions.change_measure(measure, due_from=soon, due_on=today(), by=by)
    kept = actions.change_measure(
        measure, due_from=soon, due_on=soon + timedelta(30), state=MeasureState.WAITS_PLACE, by=by
    )
    windows = [kept.window(soon + timedelta(days)) for days in (-46, -1, 0, 31)]
    assert windows == ["ahead", "soon", "now", "after"]
    no = actions.finish_measure(kept, state=MeasureState.REFUSED, follow_up="Søknaden kom for sent", by=by)
    assert (no.finished, no.finished_on) == (True, today())


# --- two editors


def test_the_second_editor_of_a_goal_chooses_field_by_field(client, family, people, goal, by):
    mine = {"version": 1, "words": "Mitt", "whose": [str(people["Far"].pk)], "outcome": Outcome.RM5, "why": "Derfor"}
    mine["reason"] = "Slik er det nå"
    theirs = {"outcome": Outcome.RM5, "words": "Den andres", "whose": [people["Far"], people["Mor"]], "reason": "Nå"}
    actions.change_goal(goal, **theirs, by=by)
    answer = client.post(url("goal_edit", family, goal.pk), mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ">\nMitt</textarea>" in page
    for piece in ("Det som er lagret: Den andres", "Det som er lagret: Far, Mor", "Det som er lagret: tomt"):
        assert piece in page, piece
    assert set(re.findall(r'name="gjelder_(\w+)"', page)) == {"words", "whose", "why"}
    again = {**mine, "version": re.search(r'name="version" value="(\d+)"', page)[1], "differ": "words whose why"}
    assert again["version"] == "2"
    # Nothing is chosen beforehand, and a third editor in between makes it ask anew.
    assert client.post(url("goal_edit", family, goal.pk), again).status_code == 422
    chosen = {**again, "gjelder_words": "mitt", "gjelder_whose": "deres", "gjelder_why": "mitt"}
    actions.change_goal(goal, **{**theirs, "words": "Den tredjes"}, by=by)
    page = client.post(url("goal_edit", family, goal.pk), chosen).content.decode()
    assert "Det som er lagret: Den tredjes" in page
    assert "checked" not in page[page.index('name="gjelder_words"') - 200 : page.index("Den tredjes")]
    assert client.post(url("goal_edit", family, goal.pk), {**chosen, "version": "3"}).status_code == 302
    with acting_as(by):
        kept = Goal.objects.get(pk=goal.pk)
        assert (kept.words, kept.why, kept.version) == ("Mitt", "Derfor", 4)
        assert {member.first_name for member in kept.whose.all()} == {"Far", "Mor"}
        words = list(goal.versions.order_by("number").values_list("words", flat=True))
    assert words[1:] == ["Den andres", "Den tredjes", "Mitt"]


def opened(client, address):
    """How the form says it was opened, and the version."""
    page = client.get(address).content.decode()
    return {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("opened", "version")}


def test_only_what_both_have_changed_is_asked_about(client, family, people, goal, by):
    address = url("goal_edit", family, goal.pk)
    mine = {**opened(client, address), "whose": [str(people["Far"].pk)], "outcome": Outcome.RM5, "reason": "Nå"}
    mine |= {"words": "Mitt", "why": "Derfor", "first_sign": goal.first_sign}
    theirs = {"outcome": Outcome.RM5, "whose": people.values(), "reason": "Nå", "by": by}
    actions.change_goal(goal, words="Den andres", **theirs)
    answer = client.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in (
        "Noen andre lagret først", "Det du skrev, står her.",
        "Bare den andre har endret «Hvem er det for» og «Et første tegn», og det er tatt med.",
        "Bare du har endret «Hvorfor er det viktig», og det står som du skrev det.",
        'href="#id_gjelder_words_0"', "Dere har begge endret dette. Velg hva som skal gjelde.",
    ):  # fmt: skip
        assert words in page, words
    assert set(re.findall(r'name="gjelder_(\w+)"', page)) == {"words"}
    stands = sent_by(answer, "words")
    assert set(stands["whose"]) == {str(member.pk) for member in people.values()}
    assert (stands["why"], [line.strip() for line in stands["words"]]) == (["Derfor"], ["Mitt"])
    assert not any(stands["first_sign"])
    # They chose theirs, and a third editor came between with something else: what was chosen stays chosen.
    actions.change_goal(goal, words="Den andres", first_sign="Ler", **theirs)
    answer = client.post(address, stands | {"gjelder_words": "deres"})
    page, again = answer.content.decode(), sent_by(answer, "words")
    assert "gjelder_" not in page
    assert "Bare den andre har endret «Målet med egne ord» og «Et første tegn», og det er tatt med." in page
    assert client.post(address, again).status_code == 302
    with acting_as(by):
        kept = Goal.objects.get(pk=goal.pk)
        assert (kept.words, kept.why, kept.first_sign) == ("Den andres", "Derfor", "Ler")
        assert kept.whose.count() == len(people)


def test_a_box_two_editors_and_a_draft_from_before(client, family, measure, by):
    address = url("measure_edit", family, measure.pk)
    mine = {**opened(client, address), "what": measure.what, "done_by": measure.done_by, "state": "planned"}
    mine |= {"who": "Far", "follow_up": "Ringte"}
    actions.change_measure(measure, falls_between=True, due_on=today(), by=by)
    answer = client.post(address, mine)
    page, stands = answer.content.decode(), sent_by(answer, "what")
    assert "gjelder_" not in page
    assert (stands["falls_between"], stands["due_on"]) == (["on"], [f"{today():%d.%m.%Y}"])
    with acting_as(by):
        assert Measure.objects.get(pk=measure.pk).follow_up == "", "nothing is saved that nobody has seen as a whole"
    # A draft that does not say how it was opened asks about all that differs.
    kept = {**mine, "due_on": "", "opened": ""}
    client.post(reverse("accounts:draft_save"), kept, HTTP_REFERER=f"http://testserver{address}")
    draft = sent_by(client.get(address), "what")
    assert (draft["version"], draft["opened"]) == ([str(measure.version)], [""])
    answer = client.post(address, draft)
    assert set(re.findall(r'name="gjelder_(\w+)"', answer.content.decode())) == {"due_on", "follow_up"}
    assert client.post(address, stands).status_code == 302
    with acting_as(by):
        kept = Measure.objects.get(pk=measure.pk)
    assert (kept.follow_up, kept.falls_between, kept.due_on) == ("Ringte", True, today())


def test_the_second_editor_of_a_measure_takes_theirs(client, family, measure, school, line, by):
    theirs = {"done_by": Doer.SERVICE, "service": school, "follow_up": "Time bestilt", "due_on": today()}
    actions.change_measure(measure, **theirs, by=by)
    mine = {"version": 1, "what": "", "done_by": Doer.FAMILY, "state": "planned", "follow_up": "", "who": "Far"}
    assert client.post(url("measure_edit", family, measure.pk), mine).status_code == 422
    mine["what"] = "Mitt"
    answer = client.post(url("measure_edit", family, measure.pk), mine, **HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422
    for piece in ("Time bestilt", 'value="Mitt"', 'name="version" value="2"', f"Det som er lagret: {school.name}"):
        assert piece in page, piece
    names = re.search(r'name="differ" value="([\w ]+)"', page)[1].split()
    choices = {f"gjelder_{name}": "deres" for name in names}
    # What is wrong with one's own does not matter where theirs is chosen.
    sent = {**mine, "what": "", "version": "2", "differ": " ".join(names), **choices}
    assert client.post(url("measure_edit", family, measure.pk), sent, **HTMX).status_code == 200
    with acting_as(by):
        kept = Measure.objects.select_related("service").get(pk=measure.pk)
    assert {name: getattr(kept, name) for name in theirs} == theirs
    assert kept.what == measure.what


def test_a_number_between_two_reviews_stands_in_the_chart_and_its_table(client, family, goal, by):
    actions.rate_goal(goal, rating=2, rating_by_coordinator=5, on=today() - timedelta(days=40), by=by)
    data = {"key": key(), "rating": "7", "rating_by_coordinator": "", "rated_on": today().strftime("%d.%m.%Y")}
    page = client.post(url("goal_rate", family, goal.pk), data, **HTMX).content.decode()
    assert page.count('<td class="nm-num">') == 4
    assert re.findall(r'<td class="nm-num">(.+?)</td>', page) == ["2", "7", "5", "–"]
    assert client.post(url("goal_rate", family, goal.pk), {**data, "key": key(), "rating": ""}).status_code == 422


# --- a wrong click


def test_what_was_finished_or_closed_is_taken_back_for_a_minute(client, family, goal, measure, by, monkeypatch):
    day = today().strftime("%d.%m.%Y")
    page = client.post(
        url("measure_finish", family, measure.pk), {"version": 1, "state": "cancelled", "finished_on": day}, **HTMX
    ).content.decode()
    note = re.search(r'name="note" value="([^"]+)"', page)[1]
    assert note in client.get(url("family_tab", family)).content.decode()
    assert client.post(url("undo", family), {"note": note}).url.endswith(f"#mal-{goal.pk}")
    with acting_as(by):
        assert (kept := Measure.objects.get(pk=measure.pk)).state == "planned"
        assert (kept.finished_on, kept.version) == (None, 3)
    # Once only, and somebody else's newer version stands.
    assert (
        "Det er lagret på nytt siden" in client.post(url("undo", family), {"note": note}, follow=True).content.decode()
    )
    data = {"version": 1, "state": "reached", "reason": "Fast jobb", "closed_on": day}
    page = client.post(url("goal_close", family, goal.pk), data, follow=True).content.decode()
    note = re.search(r'name="note" value="([^"]+)"', page)[1]
    with monkeypatch.context() as later:
        later.setattr("plans.actions.undoing.TIME_TO_UNDO", timedelta(seconds=-1))
        told = client.post(url("undo", family), {"note": note}, follow=True).content.decode()
    assert "Det er for sent å angre" in told
    with pytest.raises(Refused, match="for sent"):
        actions.undo(family, note=note + "x", by=by)
    actions.undo(family, note=note, by=by)
    with acting_as(by):
        assert Goal.objects.get(pk=goal.pk).is_active
        assert goal.versions.order_by("number").last().reason == "Angret"
