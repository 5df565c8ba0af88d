from django.urls import path

from .views import closing, documents, given_back, goals, journal, marks, order, plan, prefilled, reviews

app_name = "plans"
urlpatterns = [
    path("<uuid:family_id>/", plan.family_tab, name="family_tab"),
    path("<uuid:family_id>/ord/", plan.own_words, name="own_words"),
    path("<uuid:family_id>/ord/alle/", plan.words_history, name="words_history"),
    path("<uuid:family_id>/ord/ny/", plan.own_words_new, name="own_words_new"),
    path("<uuid:family_id>/gjore/", plan.to_do, name="to_do"),
    path("<uuid:family_id>/avtalt/", plan.plan_agree, name="plan_agree"),
    path("<uuid:family_id>/avtalt/<int:number>/", plan.agreement_detail, name="agreement_detail"),
    path("<uuid:family_id>/mal/ny/", goals.goal_new, name="goal_new"),
    path("<uuid:family_id>/mal/<uuid:goal_id>/", plan.goal_detail, name="goal_detail"),
    path("<uuid:family_id>/mal/<uuid:goal_id>/endre/", goals.goal_edit, name="goal_edit"),
    path("<uuid:family_id>/mal/<uuid:goal_id>/avslutt/", goals.goal_close, name="goal_close"),
    path("<uuid:family_id>/mal/<uuid:goal_id>/tall/", goals.goal_rate, name="goal_rate"),
    path("<uuid:family_id>/mal/<uuid:goal_id>/tiltak/ny/", goals.measure_new, name="measure_new"),
    path("<uuid:family_id>/tiltak/<uuid:measure_id>/endre/", goals.measure_edit, name="measure_edit"),
    path("<uuid:family_id>/tiltak/ny/", prefilled.measure_from, name="measure_from"),
    path("<uuid:family_id>/flytt/", order.move, name="move"),
    path("<uuid:family_id>/angre/", order.undo, name="undo"),
    path("<uuid:family_id>/tiltak/<uuid:measure_id>/ferdig/", goals.measure_finish, name="measure_finish"),
    path("<uuid:family_id>/evaluering/<int:number>/", reviews.review, name="review"),
    path("<uuid:family_id>/avslutning/", closing.closing, name="closing"),
    path("<uuid:family_id>/avslutning/brev/<uuid:line_id>/", closing.hand_over, name="hand_over"),
    path("<uuid:family_id>/journal/", journal.family_journal, name="family_journal"),
    path("<uuid:family_id>/journal/siste/", journal.latest_journal, name="latest_journal"),
    path("<uuid:family_id>/journal/ny/", journal.journal_new, name="journal_new"),
    path("<uuid:family_id>/journal/kort/", journal.journal_quick, name="journal_quick"),
    path("<uuid:family_id>/journal/<uuid:row_id>/papir/", marks.journal_mark, name="journal_mark"),
    path("<uuid:family_id>/papir/<slug:kind>/<uuid:row_id>/", marks.plan_mark, name="plan_mark"),
    path("<uuid:family_id>/svar/<slug:paper>/", given_back.answers, name="answers"),
    path("<uuid:family_id>/svar/<slug:paper>/fil/", given_back.answers_pdf, name="answers_pdf"),
    path("<uuid:family_id>/pdf/ny/", documents.pdf_new, name="pdf_new"),
    path("<uuid:family_id>/pdf/<uuid:document_id>/", documents.pdf_status, name="pdf_status"),
    path("<uuid:family_id>/pdf/<uuid:document_id>/fil/", documents.pdf_download, name="pdf_download"),
]
