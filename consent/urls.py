from django.urls import path

from .views import agreements, consents, disclosures, holders, network, papers, services, tablet, texts

app_name = "consent"
FAMILY = "familie/<uuid:family_id>/"
urlpatterns = [
    path(FAMILY, consents.family_tab, name="family_tab"),
    path(FAMILY + "nytt/", consents.consent_new, name="consent_new"),
    path(FAMILY + "foreldreansvar/<uuid:child_id>/", holders.holders, name="holders"),
    path(FAMILY + "nettbrett/", tablet.tablet, name="tablet"),
    path(FAMILY + "<uuid:consent_id>/pdf/", consents.consent_pdf, name="consent_pdf"),
    path(FAMILY + "<uuid:consent_id>/trekk/", consents.consent_withdraw, name="consent_withdraw"),
    path(FAMILY + "avtale/", agreements.agreement_print, name="agreement_print"),
    path(FAMILY + "avtale/pdf/", agreements.agreement_pdf, name="agreement_pdf"),
    path(FAMILY + "avtale/ark/", papers.paper_new, name="paper_new"),
    path(FAMILY + "avtale/<uuid:line_id>/ark/", papers.paper, name="paper"),
    path(FAMILY + "avtale/ny/", agreements.line_new, name="line_new"),
    path(FAMILY + "avtale/underskrift/", agreements.lines_sign, name="lines_sign"),
    path(FAMILY + "avtale/<uuid:line_id>/", agreements.line_edit, name="line_edit"),
    path(FAMILY + "avtale/<uuid:line_id>/avslutt/", agreements.line_end, name="line_end"),
    path(FAMILY + "kontakt/<uuid:contact_id>/", agreements.contact_edit, name="contact_edit"),
    path(FAMILY + "nettverk/", network.network, name="network"),
    path(FAMILY + "loven/", disclosures.disclosure_list, name="disclosure_list"),
    path(FAMILY + "loven/ny/", disclosures.disclosure_new, name="disclosure_new"),
    path(FAMILY + "loven/<uuid:disclosure_id>/frigi/", disclosures.disclosure_release, name="disclosure_release"),
    path(FAMILY + "kan-jeg/", network.service_contact_check, name="service_contact_check"),
    path("tekster/", texts.text_list, name="text_list"),
    path("tekster/<uuid:municipality_id>/formaal/", texts.purpose_new, name="purpose_new"),
    path("tekster/<uuid:municipality_id>/<slug:key>/", texts.text_new, name="text_new"),
    path("formaal/<uuid:purpose_id>/", texts.purpose_switch, name="purpose_switch"),
    path("tjenester/", services.service_list, name="service_list"),
    path("tjenester/ny/", services.service_new, name="service_new"),
    path("tjenester/<uuid:service_id>/", services.service_edit, name="service_edit"),
]
