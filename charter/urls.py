"""Addresses of the charter, of its signatories and of the campaign's editions."""

from django.urls import path

from charter.views import operating, reading, signatories, signing

app_name = "charter"
urlpatterns = [
    path("charte/", reading.current, name="current"),
    path("charte/<int:number>/", reading.version, name="version"),
    path("charte/<int:number>/changements/", reading.changes, name="changes"),
    path("charte/verifier/", reading.verify_form, name="verify_form"),
    path("charte/verifier/<str:code>/", reading.verify, name="verify"),
    path("charte/signer/<str:token>/", signing.sign_by_link, name="sign_by_link"),
    path("entreprises/<slug:slug>/modifier/", signing.company_edit, name="company_edit"),
    path("entreprises/<slug:slug>/charte/", signing.company_charter, name="company_charter"),
    path("entreprises/<slug:slug>/charte/signer/", signing.sign, name="sign"),
    path("entreprises/<slug:slug>/charte/<int:signature_id>.pdf", signing.signed_pdf, name="signed_pdf"),
    path("entreprises/<slug:slug>/charte/<int:signature_id>/retirer/", signing.withdraw, name="withdraw"),
    path("signataires/", signatories.signatories, name="signatories"),
    path("signataires/<slug:slug>/", signatories.signatory, name="signatory"),
    path("signataires/<slug:slug>/partage.png", signatories.signatory_share_card, name="share_card"),
    path("signataires/<slug:slug>/badge.svg", signatories.badge, name="badge"),
    path("editions/", signatories.editions, name="editions"),
    path("editions/<slug:slug>/", signatories.edition, name="edition"),
    path("pilotage/charte/", operating.draft, name="draft"),
    path("pilotage/charte/<int:number>/publier/", operating.publish, name="publish"),
    path("pilotage/editions/", operating.editions, name="edition_desk"),
    path("pilotage/editions/nouvelle/", operating.edition_edit, name="edition_create"),
    path("pilotage/editions/<int:edition_id>/", operating.edition_edit, name="edition_edit"),
    path("pilotage/editions/<int:edition_id>/annoncer/", operating.edition_announce, name="edition_announce"),
]
