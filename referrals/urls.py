from django.urls import path

from .views import intake, lists, meeting, sending

app_name = "referrals"

ONE = "<uuid:referral_id>/"
FAMILY = "familie/<uuid:family_id>/"

urlpatterns = [
    # open to everybody
    path("ny/", sending.referral_new, name="referral_new"),
    path("kvittering/<str:receipt>/", sending.referral_receipt, name="referral_receipt"),
    # the intake team
    path("", lists.referral_list, name="referral_list"),
    path("venteliste/", lists.waiting_list, name="waiting_list"),
    path("venteliste/antall/", lists.waiting_count, name="waiting_count"),
    path(ONE, intake.referral_detail, name="referral_detail"),
    path(ONE + "ta-opp/", intake.referral_take_in, name="referral_take_in"),
    path(ONE + "vurder/", intake.referral_assess, name="referral_assess"),
    path(ONE + "tillegg/", intake.referral_add, name="referral_add"),
    path(ONE + "beslutning/", intake.referral_decide, name="referral_decide"),
    path(ONE + "flytt/", lists.waiting_move, name="waiting_move"),
    # the coordinator
    path(FAMILY, meeting.family_referral, name="family_referral"),
    path(FAMILY + "informasjonssamtale/", meeting.information_meeting, name="information_meeting"),
    path(FAMILY + "informasjonssamtale/<uuid:meeting_id>/", meeting.meeting_change, name="meeting_change"),
    path(FAMILY + "informasjonssamtale/<uuid:meeting_id>/utfall/", meeting.meeting_record, name="meeting_record"),
]
