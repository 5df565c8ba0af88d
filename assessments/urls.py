from django.urls import path

from .views import answering, corrections, economy, family, fit, fit_by_code, instruments, own, queue, sitting

app_name = "assessments"
urlpatterns = [
    path("min/", own.own_question, name="own_question"),
    path("min/ferdig/", own.own_return, name="own_return"),
    path("fit/", fit_by_code.fit_enter, name="fit_enter"),
    path("fit/<str:code>/", fit_by_code.fit_answer, name="fit_answer"),
    path("skjemaer/", instruments.instrument_list, name="instrument_list"),
    path("skjemaer/<uuid:municipality_id>/okonomi/", economy.economy_items, name="economy_items"),
    path("skjemaer/<uuid:municipality_id>/okonomi/<slug:item>/", economy.economy_item_use, name="economy_item_use"),
    path("skjemaer/<uuid:municipality_id>/nytt/", instruments.instrument_new, name="instrument_new"),
    path("skjemaer/<uuid:municipality_id>/<slug:instrument>/", instruments.instrument_detail, name="instrument_detail"),
    path("skjemaer/<uuid:municipality_id>/<slug:instrument>/av/", instruments.instrument_off, name="instrument_off"),
    path("<uuid:family_id>/", family.family_tab, name="family_tab"),
    path("<uuid:family_id>/ny/", sitting.sitting_start, name="sitting_start"),
    path("<uuid:family_id>/endring/", family.change, name="change"),
    path("<uuid:family_id>/monster/", family.pattern, name="pattern"),
    path("<uuid:family_id>/okonomi/", economy.economy, name="economy"),
    path("<uuid:family_id>/okonomi/kort/", economy.economy_card, name="economy_card"),
    path("<uuid:family_id>/okonomi/<str:who>/<slug:item>/", economy.economy_item, name="economy_item"),
    path("<uuid:family_id>/okonomi/<str:who>/<slug:item>/kort/", economy.economy_short, name="economy_short"),
    path("<uuid:family_id>/fit/", fit.fit_list, name="fit_list"),
    path("<uuid:family_id>/fit/ny/", fit.fit_new, name="fit_new"),
    path("<uuid:family_id>/fit/kode/<uuid:member_id>/ny/", fit_by_code.fit_invite, name="fit_invite"),
    path("<uuid:family_id>/fit/kode/<uuid:invitation_id>/", fit_by_code.fit_code, name="fit_code"),
    path("<uuid:family_id>/fit/kode/<uuid:invitation_id>/av/", fit_by_code.fit_code_end, name="fit_code_end"),
    path("<uuid:family_id>/<uuid:sitting_id>/", sitting.sitting_detail, name="sitting_detail"),
    path("<uuid:family_id>/<uuid:sitting_id>/fullfor/", sitting.sitting_complete, name="sitting_complete"),
    path("<uuid:family_id>/<uuid:sitting_id>/avbryt/", sitting.sitting_abandon, name="sitting_abandon"),
    path("<uuid:family_id>/<uuid:sitting_id>/svar/", queue.sitting_sync, name="sitting_sync"),
    path("<uuid:family_id>/<uuid:sitting_id>/<str:who>/gi/", own.sitting_hand_over, name="sitting_hand_over"),
    path("<uuid:family_id>/<uuid:sitting_id>/<str:who>/<slug:part>/hopp/", answering.sitting_skip, name="sitting_skip"),
    path(
        "<uuid:family_id>/<uuid:sitting_id>/<str:who>/<slug:part>/rett/<str:question>/",
        corrections.answer_correct,
        name="answer_correct",
    ),
    path("<uuid:family_id>/<uuid:sitting_id>/<str:who>/<slug:part>/", answering.sitting_member, name="sitting_member"),
]
