"""Every address of the site, the door it stands behind, and what it answers. Read by tests/meta/test_urls.py."""

# Open to everybody, and why. Anything else needs a login.
PUBLIC = {
    "health": "asked by the load balancer; says only whether the database answers",
    "accounts:login": "the way in",
    "accounts:logout": "the way out works with an ended session too",
    "accounts:language_set": "visitors choose a language",
    "accounts:password_set": "a link with a secret, sent by the administrator",
    "accounts:password_forgot": "asks for a link by mail; the same answer to everybody",
    "accounts:second_step": "between the password and the second factor",
    "accounts:passkey": "the way in with a passkey",
    "accounts:work_account": "the way to the municipality's login provider",
    "accounts:work_account_done": "the way back from it, with a state of this browser",
    "accounts:invitation": "a link with a secret, sent by the administrator",
    "referrals:referral_new": "services and families send a henvendelse without an account",
    "referrals:referral_resume": "a draft, by a secret of 256 bits; only whoever has the link finds it, for 14 days",
    "referrals:referral_receipt": "the receipt, by a signed secret; shows only its number",
    "referrals:referral_progress": "how far it has come, by a signed secret and the number; nothing of the content",
    "referrals:sender_confirm": "a service says that it sent, by a secret of 256 bits; nothing of the content",
    "assessments:fit_enter": "where somebody types the code they were given; says nothing of any code",
    "assessments:fit_answer": "one question, by a code of 59 bits for a day; shows nothing of the person or the family",
    "plans:minutes_open": "a service, by a secret of 256 bits and a code it was told; says nothing before both",
    "families:calendar_feed": "a calendar program asks, by a secret of 256 bits; kinds, days and codes, no name",
    "ui:accessibility": "the law asks for it",
    "ui:privacy": "a family may read it before it says yes",
}

# The address, the door it stands behind, and what somebody who may come in is answered: by GET, and by a POST of
# nothing. The door is "public", "self" (everybody logged in, their own things) or a permission. "-": not taken at all.
TABLE = """
accounts:confirm               self               200 200
accounts:draft_discard         self                 - 302
accounts:draft_save            self                 - 400
accounts:feed_end              self                 - 302
accounts:feed_new              view_family          - 200
accounts:held                  self               404   -
accounts:invitation            public             410   -
accounts:language_set          public               - 302
accounts:login                 public             302 302
accounts:logout                public               - 302
accounts:municipality          manage_users       200 422
accounts:passkey               public             200 200
accounts:password_change       self               200 200
accounts:password_forgot       public             200 200
accounts:password_set          public             410 410
accounts:profile               self               200 200
accounts:role_end              manage_users         - 302
accounts:second_codes          self               302 302
accounts:second_list           self               200   -
accounts:second_passkey        self               200 200
accounts:second_remove         self                 - 404
accounts:second_step           public             302 302
accounts:second_totp           self               200 200
accounts:session_end           self                 - 404
accounts:session_end_others    self                 - 302
accounts:session_list          self               200   -
accounts:stay                  self                 - 204
accounts:user_active           manage_users         - 302
accounts:user_detail           manage_users       200 200
accounts:user_forget_factors   manage_users         - 302
accounts:user_list             manage_users       200   -
accounts:user_new              manage_users       200 200
accounts:user_send_link        manage_users         - 302
accounts:user_unlink           manage_users         - 302
accounts:work_account          public             404   -
accounts:work_account_done     public             302   -
assessments:answer_correct     change_assessment  200 200
assessments:change             view_assessment    200   -
assessments:economy            view_assessment    200   -
assessments:economy_card       view_assessment    200   -
assessments:economy_item       view_assessment    200 200
assessments:economy_item_use   change_instruments   - 302
assessments:economy_items      change_instruments 200 200
assessments:economy_short      change_assessment    - 302
assessments:family_tab         view_assessment    200   -
assessments:findings           view_assessment    200   -
assessments:fit_answer         public             404 404
assessments:fit_code           change_assessment  200   -
assessments:fit_code_end       change_assessment    - 302
assessments:fit_enter          public             200 200
assessments:fit_invite         change_assessment    - 302
assessments:fit_list           view_assessment    200   -
assessments:fit_new            change_assessment  200 422
assessments:instrument_detail  change_instruments 200 200
assessments:instrument_list    change_instruments 200   -
assessments:instrument_new     change_instruments 200 200
assessments:instrument_schema  change_instruments 200   -
assessments:instrument_off     change_instruments   - 302
assessments:own_question       change_assessment  302 302
assessments:own_return         change_assessment  302 302
assessments:pattern            view_assessment    200   -
assessments:start_picture      view_assessment    200 200
assessments:stress_model       view_assessment    200   -
assessments:trends             view_assessment    200   -
assessments:sitting_abandon    change_assessment    - 302
assessments:sitting_complete   change_assessment  302 302
assessments:sitting_detail     view_assessment    200   -
assessments:sitting_hand_over  change_assessment  404 404
assessments:sitting_member     view_assessment    200 404
assessments:sitting_skip       change_assessment    - 302
assessments:sitting_sync       change_assessment    - 400
assessments:sitting_start      change_assessment  200 422
audit:alert_detail             view_log           404 404
audit:alert_list               view_log           200   -
audit:event_export             view_log           200   -
audit:event_list               view_log           200   -
consent:agreement_pdf          view_consent       200   -
consent:agreement_print        view_consent       200   -
consent:consent_new            change_consent     200 200
consent:consent_pdf            view_consent       200   -
consent:consent_withdraw       change_consent     200 200
consent:contact_edit           change_consent     200 200
consent:family_tab             view_consent       200   -
consent:disclosure_list        disclose           200   -
consent:disclosure_new         disclose           200 200
consent:disclosure_release     disclose           200 200
consent:holders                change_consent     200 200
consent:line_edit              change_consent     302 302
consent:line_end               change_consent     200 200
consent:line_new               change_consent     200 200
consent:lines_sign             change_consent     302 302
consent:network                view_consent       200   -
consent:paper                  view_consent       302   -
consent:paper_new              change_consent     200 200
consent:purpose_new            change_content     200 200
consent:purpose_switch         change_content       - 302
consent:service_contact_check  view_consent       200   -
consent:service_edit           change_consent     200 200
consent:service_list           view_consent       200   -
consent:service_new            change_consent     200 200
consent:tablet                 change_consent     200 200
consent:text_list              change_content     200   -
consent:text_new               change_content     200 200
content:fact_confirm           change_content       - 302
content:fact_edit              change_content     200 200
content:fact_list              change_content     200   -
content:fact_new               change_content     200 200
content:fact_start             change_content       - 302
documents:document_download    view_family        200   -
documents:document_new         change_family      200 200
documents:document_withdraw    change_family      200 200
documents:family_documents     view_family        200   -
families:assign                assign_coordinator 200 200
families:assignment_end        assign_coordinator 200 200
families:break_glass           break_glass        200 200
families:break_glass_end       break_glass          - 404
families:break_glass_list      review_access      200   -
families:break_glass_review    review_access      404 404
families:calendar              view_family        200   -
families:calendar_feed         public             404   -
families:conflict_declare      self               200 200
families:conflict_lift         review_access      404 404
families:dashboard             view_dashboard     200   -
families:family_access         list_family        200   -
families:family_calendar       list_family        200   -
families:family_detail         list_family        200   -
families:family_edit           change_family      200 200
families:family_list           view_family        200   -
families:family_members        view_family        200   -
families:family_pause          change_family      200 200
families:family_protection     change_family      200 403
families:family_resume         change_family        - 302
families:family_reopen         assign_coordinator 200 200
families:family_steps          list_family        200   -
families:grant_new             grant_access       200 200
families:grant_revoke          grant_access       404 404
families:hand_over             assign_coordinator 200 200
families:home                  self               302   -
families:home_edit             change_family      200 200
families:home_new              change_family      200 200
families:lead_name             change_family      403 403
families:lead_name_by_code     review_access      200 200
families:leave_end             assign_coordinator   - 404
families:leave_list            assign_coordinator 200   -
families:leave_new             assign_coordinator 200 200
families:member_edit           change_family      200 200
families:member_move           change_family      200 200
families:member_new            change_family      200 200
families:number                change_family      200 200
families:number_find           change_family      200 200
families:number_left_out       change_family        - 422
families:number_show           change_family        - 200
families:on_call               manage_users         - 404
families:places_edit           override_places    200 200
families:places_hold           view_family        200 200
families:put_off               view_family        404 404
families:roles                 self               200   -
families:shut_out_lift         grant_access       200 200
families:shut_out_new          grant_access       200 200
families:step_reach            list_family        200 200
families:step_undo             list_family        200 200
families:take_up               view_family          - 404
families:team_list             view_dashboard     200   -
families:to_do                 view_family        200   -
health                         public             200   -
history:change_list            view_family        200   -
history:family_insight         view_family        200   -
history:family_insight_pdf     view_family        200   -
history:insight_by_code        view_log           200   -
history:insight_by_code_pdf    view_log           200   -
history:row_changes            view_family        200   -
plans:agreement_detail         view_plan          200   -
plans:answers                  view_assessment    200   -
plans:answers_pdf              view_assessment    200   -
plans:batch_detail             view_plan          200   -
plans:batch_go_on              view_plan            - 302
plans:batch_new                view_plan            - 302
plans:batch_stop               view_plan            - 302
plans:closing                  view_plan          200 422
plans:family_journal           view_journal       200   -
plans:family_tab               view_plan          200   -
plans:goal_close               change_plan        200 422
plans:goal_detail              view_plan          200   -
plans:goal_edit                change_plan        200 422
plans:goal_new                 change_plan        200 422
plans:goal_rate                change_plan        200 422
plans:hand_over                view_plan          302   -
plans:journal_anywhere         view_journal       200 422
plans:journal_mark             change_journal     200 422
plans:journal_new              change_journal     200 422
plans:journal_quick            change_journal     200 422
plans:latest_journal           view_journal       200   -
plans:look_over                change_plan          - 200
plans:look_over_anywhere       change_journal       - 200
plans:decision_plan            change_plan        200 422
plans:measure_edit             change_plan        200 422
plans:measure_from             change_plan        200 422
plans:measure_finish           change_plan        200 422
plans:measure_new              change_plan        200 422
plans:meeting_attach           change_journal       - 422
plans:meeting_cancel           change_journal     302 422
plans:meeting_detach           change_journal       - 302
plans:meeting_detail           view_journal       200   -
plans:meeting_edit             change_journal     302 422
plans:meeting_list             view_journal       200   -
plans:meeting_minutes          change_journal     302 422
plans:meeting_missed           change_journal     302 422
plans:meeting_new              change_journal     200 422
plans:meeting_tell             change_journal       - 302
plans:addendum_send            change_journal       - 302
plans:minutes_add              change_journal     200 422
plans:minutes_mail             change_journal       - 302
plans:minutes_open             public             200 422
plans:minutes_pdf              view_journal       200   -
plans:minutes_send             change_journal       - 422
plans:minutes_stop             change_journal       - 302
plans:minutes_finish           change_journal       - 302
plans:notice_mail              change_journal       - 302
plans:notice_stop              change_journal       - 302
plans:move                     change_plan          - 302
plans:other_plan_edit          change_plan        200 422
plans:other_plan_new           change_plan        200 422
plans:own_words                view_plan          200   -
plans:own_words_new            change_plan        200 422
plans:pdf_download             view_plan          302   -
plans:pdf_new                  view_plan            - 302
plans:pdf_status               view_plan          302   -
plans:plan_documents           view_plan          200   -
plans:plan_attach              change_plan          - 422
plans:plan_detach              change_plan          - 302
plans:plan_agree               change_plan        200 422
plans:plan_mark                change_plan        200 422
plans:redaction_decide         review_access      404 404
plans:redaction_list           review_access      200   -
plans:redaction_new            change_plan        200 422
plans:review                   view_plan          200 422
plans:review_since             view_assessment    200   -
plans:template_edit            change_content     404 404
plans:template_list            change_content     200   -
plans:template_new             change_content     200 422
plans:to_do                    view_plan          200   -
plans:undo                     change_plan          - 302
plans:words_history            view_plan          200   -
referrals:attachment_file      view_referral      404   -
referrals:calculate            decide_referral    200 422
referrals:family_letter_new    change_family      404 404
referrals:family_letter_pdf    view_family        404   -
referrals:family_referral      view_family        404   -
referrals:forward_new          decide_referral    200 422
referrals:forward_pdf          view_referral      404   -
referrals:information_meeting  view_family        200 422
referrals:intake_agenda        decide_referral      - 404
referrals:intake_cancel        decide_referral    200 422
referrals:intake_case          view_referral      200   -
referrals:intake_case_assess   decide_referral    302 422
referrals:intake_case_decide   decide_referral    302 422
referrals:intake_case_recuse   decide_referral    302 302
referrals:intake_change        decide_referral    200 422
referrals:intake_meeting       view_referral      200   -
referrals:intake_meeting_list  view_referral      200   -
referrals:intake_meeting_new   decide_referral    200 422
referrals:intake_minutes       view_referral      200 422
referrals:intake_minutes_pdf   view_referral      200   -
referrals:intake_presence      decide_referral      - 422
referrals:intake_sign          decide_referral    200 422
referrals:letter_new           decide_referral    200 422
referrals:letter_pdf           view_referral      200   -
referrals:meeting_agree        change_family        - 302
referrals:meeting_cancel       change_family      302 422
referrals:meeting_change       change_family      200 422
referrals:meeting_file         change_family      302   -
referrals:meeting_letter       change_family      302   -
referrals:meeting_record       change_family      302 422
referrals:offer_refuse         change_family        - 302
referrals:referral_add         decide_referral    302 422
referrals:referral_assess      decide_referral    302 422
referrals:referral_decide      decide_referral    302 422
referrals:referral_detail      view_referral      200   -
referrals:referral_list        view_referral      200   -
referrals:referral_new         public             200 422
referrals:referral_progress    public             200 422
referrals:referral_receipt     public             404   -
referrals:referral_resume      public             404 404
referrals:referral_take_in     decide_referral    302 302
referrals:same_family          decide_referral    302 302
referrals:sender_ask           decide_referral    302 302
referrals:sender_confirm       public             404 404
referrals:waiting_case         decide_referral    200 404
referrals:waiting_count        view_referral      200   -
referrals:waiting_list         view_referral      200   -
referrals:waiting_move         decide_referral    200 422
research:figures               view_dashboard     200   -
research:figures_file          view_dashboard     302   -
research:opening_approve       approve_keys         - 302
research:opening_file          export_research    302   -
research:opening_new           export_research    200 422
research:oversight             approve_keys       200   -
research:project_detail        export_research    200   -
research:project_list          export_research    200   -
research:project_new           export_research    200 422
research:service_figures       view_dashboard     200   -
research:text_approve          approve_keys         - 302
research:text_file             export_research    302   -
research:text_new              export_research    200 422
research:set_acknowledge       export_research      - 302
research:set_count             export_research      - 302
research:set_detail            export_research    200   -
research:set_file              export_research    302   -
research:set_freeze            export_research      - 302
research:set_new               export_research    200 422
research:set_status            export_research    302   -
ui:accessibility               public             200   -
ui:privacy                     public             200   -
"""

LINES: dict[str, tuple[str, str, str]] = {
    name: (door, get, post) for name, door, get, post in map(str.split, TABLE.strip().split("\n"))
}
