from django.urls import path

from .views import (
    calculation,
    forward,
    intake,
    intake_case,
    intake_meetings,
    intake_turns,
    letters,
    lists,
    meeting,
    progress,
    same_family,
    sender,
    sending,
    waiting,
)

app_name = "referrals"

ONE = "<uuid:referral_id>/"
MEETING = "moter/<uuid:intake_meeting_id>/"
CASE = MEETING + "sak/<uuid:item_id>/"
FAMILY = "familie/<uuid:family_id>/"
TALK = FAMILY + "informasjonssamtale/"
ONE_TALK = TALK + "<uuid:meeting_id>/"

urlpatterns = [
    # open to everybody
    path("ny/", sending.referral_new, name="referral_new"),
    path("utkast/<str:secret>/", sending.referral_resume, name="referral_resume"),
    path("kvittering/<str:receipt>/", sending.referral_receipt, name="referral_receipt"),
    path("status/<str:secret>/", progress.referral_progress, name="referral_progress"),
    path("avsender/<str:secret>/", sender.sender_confirm, name="sender_confirm"),
    # the intake team
    path("", lists.referral_list, name="referral_list"),
    path("venteliste/", lists.waiting_list, name="waiting_list"),
    path("venteliste/antall/", lists.waiting_count, name="waiting_count"),
    path(ONE, intake.referral_detail, name="referral_detail"),
    path(ONE + "ta-opp/", intake.referral_take_in, name="referral_take_in"),
    path(ONE + "vurder/", intake.referral_assess, name="referral_assess"),
    path(ONE + "avsender/", sender.sender_ask, name="sender_ask"),
    path(ONE + "tillegg/", intake.referral_add, name="referral_add"),
    path(ONE + "beslutning/", intake.referral_decide, name="referral_decide"),
    path(ONE + "inntekt-og-bolig/", calculation.calculate, name="calculate"),
    path(ONE + "samme-familie/", same_family.same_family, name="same_family"),
    path(ONE + "venter/", waiting.waiting_case, name="waiting_case"),
    path(ONE + "vedlegg/<uuid:attachment_id>/", progress.attachment_file, name="attachment_file"),
    path(ONE + "videre/", forward.forward_new, name="forward_new"),
    path(ONE + "videre/<uuid:forward_id>.pdf", forward.forward_pdf, name="forward_pdf"),
    path(ONE + "flytt/", lists.waiting_move, name="waiting_move"),
    path(ONE + "brev/<uuid:decision_id>/", letters.letter_new, name="letter_new"),
    path(ONE + "brev/<uuid:letter_id>.pdf", letters.letter_pdf, name="letter_pdf"),
    # the intake team's meetings
    path("moter/", intake_meetings.intake_meeting_list, name="intake_meeting_list"),
    path("moter/nytt/", intake_meetings.intake_meeting_new, name="intake_meeting_new"),
    path(MEETING, intake_meetings.intake_meeting, name="intake_meeting"),
    path(MEETING + "endre/", intake_turns.intake_change, name="intake_change"),
    path(MEETING + "avlys/", intake_turns.intake_cancel, name="intake_cancel"),
    path(MEETING + "til-stede/", intake_meetings.intake_presence, name="intake_presence"),
    path(MEETING + "saksliste/", intake_meetings.intake_agenda, name="intake_agenda"),
    path(MEETING + "avslutt/", intake_meetings.intake_sign, name="intake_sign"),
    path(MEETING + "protokoll/", intake_meetings.intake_minutes, name="intake_minutes"),
    path(MEETING + "protokoll.pdf", intake_meetings.intake_minutes_pdf, name="intake_minutes_pdf"),
    path(CASE, intake_case.intake_case, name="intake_case"),
    path(CASE + "beslutning/", intake_case.intake_case_decide, name="intake_case_decide"),
    path(CASE + "inhabil/", intake_case.intake_case_recuse, name="intake_case_recuse"),
    path(CASE + "vurder/", intake_case.intake_case_assess, name="intake_case_assess"),
    # the coordinator
    path(FAMILY, meeting.family_referral, name="family_referral"),
    path(TALK, meeting.information_meeting, name="information_meeting"),
    path(TALK + "nei/", meeting.offer_refuse, name="offer_refuse"),
    path(ONE_TALK, meeting.meeting_change, name="meeting_change"),
    path(ONE_TALK + "avlys/", meeting.meeting_cancel, name="meeting_cancel"),
    path(ONE_TALK + "tid/", meeting.meeting_agree, name="meeting_agree"),
    path(ONE_TALK + "invitasjon.pdf", meeting.meeting_letter, name="meeting_letter"),
    path(ONE_TALK + "kalender.ics", meeting.meeting_file, name="meeting_file"),
    path(ONE_TALK + "utfall/", meeting.meeting_record, name="meeting_record"),
    path(FAMILY + "brev/<uuid:decision_id>/", letters.family_letter_new, name="family_letter_new"),
    path(FAMILY + "brev/<uuid:letter_id>.pdf", letters.family_letter_pdf, name="family_letter_pdf"),
]
