"""What asks for a new login first, written out: exports, break-glass, roles and the people of a municipality."""

from .test_urls import VIEWS

# Name of the view -> minutes since the last login.
FRESH = {
    "accounts:feed_new": 15,
    "accounts:user_new": 15,
    "accounts:user_detail": 15,
    "accounts:user_active": 15,
    "accounts:user_send_link": 15,
    "accounts:user_unlink": 15,
    "accounts:user_forget_factors": 15,
    "accounts:second_totp": 15,
    "accounts:second_passkey": 15,
    "accounts:second_codes": 15,
    "accounts:second_remove": 15,
    "accounts:role_end": 15,
    "audit:event_export": 15,
    "families:break_glass": 15,
    "families:grant_new": 15,
    "families:grant_revoke": 15,
    "families:lead_name": 15,
    "families:lead_name_by_code": 15,
    "families:on_call": 15,
    "families:shut_out_lift": 15,
    "families:conflict_lift": 15,
    "history:insight_by_code_pdf": 15,
    "research:opening_approve": 15,
    "research:opening_file": 15,
    "research:opening_new": 15,
    "research:project_new": 15,
    "research:set_count": 15,
    "research:set_file": 15,
    "research:set_freeze": 15,
    "research:set_new": 15,
    "research:text_approve": 15,
    "research:text_file": 15,
    "research:text_new": 15,
}


def test_these_views_and_no_others_ask_for_a_fresh_login():
    found = {name: row.callback.fresh_minutes for name, row in VIEWS.items() if hasattr(row.callback, "fresh_minutes")}
    assert found == FRESH


# Name of the view -> what is counted: lists that are searched, files that are fetched, mail that is sent.
LIMITED = {
    "accounts:user_list": "search",
    "families:family_list": "search",
    "families:calendar_feed": "calendar_feed",
    "families:team_list": "search",
    "plans:family_journal": "search",
    "plans:journal_anywhere": "search",
    "referrals:referral_list": "search",
    "consent:service_list": "search",
    "referrals:referral_progress": "progress",
    "referrals:referral_new": "referral_draft",
    "referrals:referral_resume": "referral_draft",
    "referrals:sender_ask": "referral_sender_again",
    "referrals:sender_confirm": "referral_sender",
    "plans:minutes_open": "minutes_open",
    "assessments:fit_enter": "fit_code",
    "assessments:fit_answer": "fit_code",
    "audit:event_export": "export",
    "research:opening_file": "export",
    "research:set_file": "export",
    "research:text_file": "export",
    "accounts:second_step": "second_step",
    "accounts:passkey": "passkey",
    "accounts:password_forgot": "password_forgot",
    "accounts:work_account": "work_account",
    "accounts:work_account_done": "work_account",
    "accounts:user_new": "mail",
    "accounts:user_send_link": "mail",
}


def test_these_views_say_wait_when_asked_too_often():
    found = {name: row.callback.limited for name, row in VIEWS.items() if hasattr(row.callback, "limited")}
    assert found == LIMITED


def test_the_role_is_asked_before_the_login():
    """Somebody who may not do it at all is told so, and not sent round by a login."""
    for name in FRESH:
        callback = VIEWS[name].callback
        assert hasattr(callback, "requires") or hasattr(callback, "signed_in"), name
        assert hasattr(callback, "signed_in") or hasattr(callback.__wrapped__, "fresh_minutes"), name
