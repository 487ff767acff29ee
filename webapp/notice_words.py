"""What emails tell, in a few words each: for the timeline of a case and the outbox. None names a person."""

from __future__ import annotations

NOTICES = {
    "digest": "the tasks of the day",
    "digest_and_letters": "the tasks of the day, and letters past their day",
    "letters_past_their_day": "letters are past their day",
    "news_of_the_day": "what is new",
    "task_due_soon": "a task is due soon",
    "task_overdue_safety": "a safety task is overdue",
    "task_escalated_safety": "an overdue safety task was passed on",
    "new_information": "a new referral came in for the open case",
    "new_information_urgent": "a new referral says that it is urgent",
    "frequent_use": "emergency services were used several times",
    "admitted_again": "a second admission to hospital was reported",
    "referral_received": "the referral was received",
    "questions_reminder": "the referral waits for an answer",
    "referrer_still_silent": "the referrer has not answered yet",
    "referrer_silent": "the referrer did not answer in time",
    "held_until_birthday": "the referral is kept until the 18th birthday",
    "no_contact": "the person could not be reached",
    "closed_without_contact": "closed before the work began",
    "deferred_twice": "the case was deferred twice",
    "mdt_decision_late": "the case waits too long for its MDT discussion",
    "promise_settled": "what they were to do is settled",
    "action_blocked": "an action cannot go on",
    "medicines_changed": "medicines were changed",
    "consent_changed": "consent has changed",
    "letters_may_go": "letters that were held back may go again",
    "consent_withdrawn": "consent was withdrawn",
    "single_services_continue": "some services go on although consent ended",
    "urgent": "an urgent concern",
    "danger_to_life": "danger to life",
    "same_day_gp": "to be seen by the GP today",
    "mdt_invitation": "an invitation to the meeting",
    "mdt_invitation_referrer": "an invitation to the meeting",
    "huddle": "a huddle is called",
    "social_care_duty": "social care is needed today",
    "safeguarding": "a safeguarding concern",
    "transfer_refused": "the case is not handed over: a manager did not agree",
    "person_died": "a death was reported",
    "closed_by_mistake": "the case was closed over a death that is now taken back",
    "incident_pressing": "something that cannot wait did not happen by itself",
    "incident": "something did not happen by itself",
    "two_open_cases": "the person has a second open case",
    "death_taken_back": "the death was reported by mistake, and the case goes on",
    "work_goes_on": "the work goes on after the discharge",
    "withdrawal_taken_back": "the withdrawal was recorded by mistake, and the case goes on",
    "work_cut_off": "the case is ending, and what they had in hand is off their list",
    "death_review": "a review is asked for after the death",
    "draft_purged": "an unsent referral was deleted",
    "hospital_while_nominated": "somebody who is only nominated is in hospital, or has left it",
    "act_again": "what they did could not be recorded, and is to be done once more",
    "list_stopped": "a list of candidates could not be taken in",
    "message_unmatched": "a message could not be matched",
    "message_pressing": "a message that cannot wait",
    "message_overdue": "a message that cannot wait is overdue",
    "cover_named": "they cover for a colleague",
    "cases_handed_on": "cases were handed on to them",
    "webhook_paused": "a webhook is paused",
    "agenda_ready": "the agenda of a meeting is ready",
    "agenda_ready_now": "the agenda of a meeting is ready",
    "password_reset": "a link for a new password",
}


CALLS = {"webhook_rung": "a task came to a rung", "webhook_test": "a test"}  # what other systems are told


def notice_words(kind: str) -> str:
    """Say what a notice tells."""
    return NOTICES.get(kind) or CALLS.get(kind, kind.replace("_", " "))
