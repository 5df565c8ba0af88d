"""Each page with rows on it, in Chromium, wide and narrow: nothing for axe to say, nothing out of the frame.

A page is found as people find it, by links. What nobody finds must be named below with its reason.
"""

import pytest
from django.urls import reverse

from nyemonstre.access.roles import Role
from tests.meta.matrix import patterns, stand_in

from .looking import faults, looks, settled

pytestmark = pytest.mark.browser

VISITOR = ""
COORDINATOR, SECOND = str(Role.COORDINATOR), f"{Role.COORDINATOR} 2"
# Who walks, and into how many tests their pages are dealt, so that test processes can share them.
SHARES = {VISITOR: 1, COORDINATOR: 4, SECOND: 1, str(Role.LEAD): 2} | dict.fromkeys(
    map(str, (Role.INTAKE, Role.ADMINISTRATOR, Role.AUDITOR, Role.RESEARCHER)), 1
)
DEALT = [(who, share, shares) for who, shares in SHARES.items() for share in range(shares)]

# Views no link leads to, and why.
NOT_LINKED = {
    "health": "asked by the load balancer, drawn by nobody",
    "accounts:password_set": "the link comes by mail",
    "referrals:referral_receipt": "shown after a henvendelse was sent",
    "plans:plan_attach": "there where a document of the family can still be chosen",
    "plans:plan_detach": "there where a document lies beside the plan",
    "plans:hand_over": "there after a follow-up was closed, while a line is live",
    "plans:other_plan_edit": "there where somebody else coordinates something too, in some families",
    **dict.fromkeys(
        (
            "plans:minutes_finish",
            "plans:meeting_attach",
            "plans:meeting_detach",
        ),
        "there while the minutes of a meeting are not finished",
    ),
    **dict.fromkeys(
        (
            "plans:decision_plan",
            "plans:addendum_send",
            "plans:minutes_add",
            "plans:minutes_pdf",
            "plans:minutes_send",
            "plans:minutes_stop",
            "plans:minutes_mail",
        ),
        "there when they are, and only some meetings are asked",
    ),
    **dict.fromkeys(
        ("plans:meeting_tell", "plans:notice_stop", "plans:notice_mail"),
        "there while a service is yet to be told of a meeting",
    ),
    **dict.fromkeys(
        ("plans:meeting_edit", "plans:meeting_cancel", "plans:meeting_minutes", "plans:meeting_missed"),
        "there while a meeting is agreed, and only some are asked",
    ),
    "plans:minutes_open": "the link comes by mail, to a service that may read the minutes",
    "plans:redaction_decide": "there after somebody has asked the auditor to take words away",
    "families:family_reopen": "there for a follow-up that was closed less than a year ago",
    "plans:pdf_status": "there after somebody has asked for a PDF",
    "plans:pdf_download": "there after somebody has asked for a PDF",
    "assessments:fit_enter": "typed by somebody who was given a code",
    "assessments:fit_answer": "opened by a code, on a phone nobody is logged in on",
    "assessments:fit_code": "there while a code waits for its answer",
    "assessments:fit_code_end": "there while a code waits for its answer",
    "assessments:own_question": "there while a member holds the tablet",
    "assessments:own_return": "there while a member holds the tablet",
    "referrals:intake_sign": "there while a meeting goes on",
    "referrals:intake_case_decide": "there while a meeting goes on",
    "referrals:intake_case_recuse": "there while a meeting goes on",
    "referrals:same_family": "there where a henvendelse looks like another one, or like a family",
    "referrals:sender_ask": "there while the sender of a henvendelse has not confirmed it",
    "accounts:held": "shown when a form came too late after the last login",
    "accounts:invitation": "the link comes by mail",
    "accounts:second_codes": "shown once, after a second step was set up",
    "accounts:second_step": "between the password and the first page, for those who have a second step",
    "accounts:work_account": "there where a municipality has a work account provider",
    "accounts:work_account_done": "where that provider leads back to",
    "consent:disclosure_release": "on one family's page, and only some pages of each kind are asked",
    "referrals:referral_resume": "the link comes by mail, to whoever saves a form for later",
    "referrals:forward_pdf": "there after a henvendelse was sent on to another service",
    "referrals:referral_progress": "the link stands on the receipt",
    "families:calendar_feed": "the address is shown once, to be pasted into a calendar program",
    "referrals:sender_confirm": "the link comes by mail, to a service on the municipality's list",
    "families:grant_revoke": "there where somebody was let in by a grant of their own",
    "families:lead_name": "there for the coordinator of a strictly protected family",
    "families:break_glass_review": "there while an opening waits for the auditor",
    "families:conflict_lift": "there for a conflict somebody else declared",
    "families:number": "there where the municipality keeps identity numbers",
    "families:number_find": "there where the municipality keeps identity numbers",
    "families:shut_out_lift": "there for somebody who is shut out",
    "research:opening_file": "there when a key was opened, for a week",
    "research:text_file": "there when texts were released, until their day",
    "research:set_status": "there while a set is being made",
    "history:insight_by_code": "by the code of a family, which the auditor types",
    "history:insight_by_code_pdf": "by the code of a family, which the auditor types",
}

# Of those above, what a walk may come upon all the same.
BY_LUCK = {
    "consent:disclosure_release", "families:grant_revoke", "referrals:sender_ask", "referrals:same_family",
    "plans:hand_over", "plans:other_plan_edit", "assessments:fit_code", "assessments:fit_code_end",
    "plans:redaction_decide", "families:family_reopen",
    "plans:plan_attach", "plans:plan_detach",
    *(
        name for name in NOT_LINKED
        if name.startswith(("plans:meeting_", "plans:minutes_", "plans:decision_", "plans:notice_", "plans:addendum_"))
    ),
}  # fmt: skip


@pytest.mark.parametrize("who", SHARES, ids=lambda who: who or "visitor")
def test_every_link_leads_to_a_sound_page(site, found_by, who):
    found = found_by(who)
    faults = [fault for view in found.values() for fault in view.problems]
    heaviest = max(found.values(), key=lambda view: view.size)
    weight = f"the heaviest: {heaviest.path} {heaviest.size / 1024:.1f} KB"
    assert not faults, "\n".join([*faults, weight, site.faults()])


@pytest.mark.parametrize(("who", "share", "shares"), DEALT, ids=lambda value: str(value) or "visitor")
def test_page_is_clean_wide_and_narrow(site, found_by, new_page, axe, axe_source, colours, who, share, shares):
    before = list(SHARES)[: list(SHARES).index(who)]
    page = new_page()
    page.context.add_init_script(axe_source)
    page.context.add_cookies(site.sign_in(who).for_browser())
    said: list[str] = []
    asked: list[object] = []
    page.on("request", lambda request: asked.append(request))
    page.on("requestfinished", lambda request: asked.remove(request))
    page.on("requestfailed", lambda request: asked.remove(request))
    page.on("response", lambda answer: said.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    problems = {}
    for look in looks(found_by(who), map(found_by, before))[share::shares]:
        said.clear()
        page.set_viewport_size({"width": look.widths[0], "height": 900})
        page.goto(site.url + look.view.path)
        settled(page, asked)
        found = faults(page, axe, look, colours)
        if found or said:
            problems[f"{look.view.name} {look.view.path}"] = [*found, *said]
    assert not problems, "\n".join(f"{name}\n    " + "\n    ".join(lines) for name, lines in problems.items())


def test_every_page_was_found_by_somebody(site, found_by):
    found = set().union(*(found_by(who) for who in SHARES))
    people = [site.sign_in(str(role)) for role in Role]
    lost = []
    for name, _route, row in patterns():
        if name in found or name in NOT_LINKED:
            continue
        address = reverse(name, kwargs=stand_in(row))
        # A view that takes POST alone is no page.
        if not any(person.get(address).status == 405 for person in people):
            lost.append(name)
    assert not lost, f"no link leads there: {sorted(lost)}"
    assert not sorted(found & (set(NOT_LINKED) - BY_LUCK)), "found after all: take them off the list"
