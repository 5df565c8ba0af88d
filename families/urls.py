from django.urls import path

from .views import (
    access,
    caseload,
    emergencies,
    family,
    feed,
    home,
    identity,
    leave,
    members,
    named_leads,
    places,
    policy,
    protection,
    snooze,
    steps,
    team,
)

app_name = "families"

ONE = "familier/<uuid:family_id>/"

urlpatterns = [
    path("", home.home, name="home"),
    # one's own families
    path("familier/", caseload.family_list, name="family_list"),
    path("a-gjore/", caseload.to_do, name="to_do"),
    path("a-gjore/<str:entry>/utsett/", snooze.put_off, name="put_off"),
    path("a-gjore/utsatt/<uuid:snooze_id>/", snooze.take_up, name="take_up"),
    path("kalender/", caseload.calendar, name="calendar"),
    path("kalender/abonnement/<str:secret>.ics", feed.calendar_feed, name="calendar_feed"),
    path("familier/fodselsnummer/", identity.number_find, name="number_find"),
    path("familier/plasser/", places.places_hold, name="places_hold"),
    # one family
    path(ONE, family.family_detail, name="family_detail"),
    path(ONE + "kalender/", family.family_calendar, name="family_calendar"),
    path(ONE + "endre/", family.family_edit, name="family_edit"),
    path(ONE + "familien/", members.family_members, name="family_members"),
    path(ONE + "familien/ny/", members.member_new, name="member_new"),
    path(ONE + "familien/<uuid:member_id>/", members.member_edit, name="member_edit"),
    path(ONE + "familien/<uuid:member_id>/nummer/", identity.number, name="number"),
    path(ONE + "familien/<uuid:member_id>/nummer/vis/", identity.number_show, name="number_show"),
    path(ONE + "familien/<uuid:member_id>/nummer/uten/", identity.number_left_out, name="number_left_out"),
    path(ONE + "familien/<uuid:member_id>/flytt/", members.member_move, name="member_move"),
    path(ONE + "adressesperre/", protection.family_protection, name="family_protection"),
    path(ONE + "hjem/nytt/", members.home_new, name="home_new"),
    path(ONE + "hjem/<uuid:home_id>/", members.home_edit, name="home_edit"),
    path(ONE + "steg/", steps.family_steps, name="family_steps"),
    path(ONE + "steg/<slug:step>/<int:number>/", steps.step_reach, name="step_reach"),
    path(ONE + "steg/<slug:step>/<int:number>/angre/", steps.step_undo, name="step_undo"),
    path(ONE + "pause/", steps.family_pause, name="family_pause"),
    path(ONE + "ta-opp-igjen/", steps.family_resume, name="family_resume"),
    path(ONE + "gjenaapne/", steps.family_reopen, name="family_reopen"),
    # who may see what
    path("hvem-kan-se-hva/", policy.roles, name="roles"),
    path("hvem-kan-se-hva/vakt/", policy.on_call, name="on_call"),
    path("inhabil/", access.conflict_declare, name="conflict_declare"),
    path(ONE + "hvem/", access.family_access, name="family_access"),
    path(ONE + "hvem/gi/", access.grant_new, name="grant_new"),
    path(ONE + "hvem/teamleder/", named_leads.lead_name, name="lead_name"),
    path(ONE + "hvem/<uuid:user_id>/ta-tilbake/", access.grant_revoke, name="grant_revoke"),
    path(ONE + "hvem/inhabil/", access.shut_out_new, name="shut_out_new"),
    path(ONE + "hvem/inhabil/<uuid:shut_out_id>/", access.shut_out_lift, name="shut_out_lift"),
    # in need
    path("nodapning/", emergencies.break_glass, name="break_glass"),
    path("nodapning/<uuid:glass_id>/avslutt/", emergencies.break_glass_end, name="break_glass_end"),
    path("nodapninger/", emergencies.break_glass_list, name="break_glass_list"),
    path("nodapninger/teamleder/", named_leads.lead_name_by_code, name="lead_name_by_code"),
    path("nodapninger/<uuid:glass_id>/", emergencies.break_glass_review, name="break_glass_review"),
    path("nodapninger/inhabil/<uuid:conflict_id>/", emergencies.conflict_lift, name="conflict_lift"),
    # the team leader
    path("teamet/fravaer/", leave.leave_list, name="leave_list"),
    path("teamet/fravaer/<uuid:user_id>/", leave.leave_new, name="leave_new"),
    path("teamet/fravaer/<uuid:leave_id>/avslutt/", leave.leave_end, name="leave_end"),
    path("teamet/", team.dashboard, name="dashboard"),
    path("teamet/plasser/<uuid:user_id>/", places.places_edit, name="places_edit"),
    path("teamet/familier/", team.team_list, name="team_list"),
    path(ONE + "koordinator/", team.assign, name="assign"),
    path(ONE + "overfor/", team.hand_over, name="hand_over"),
    path(ONE + "koordinator/<uuid:assignment_id>/avslutt/", team.assignment_end, name="assignment_end"),
]
