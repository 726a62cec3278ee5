"""What the pages of the registers say: of each register, of each field of a form, of what a gate lacks. Pure data."""

N_ = str  # marks a sentence for the catalogues; it is translated where a page is written

SHOWS = {
    "R1": N_("Who agreed to what, when, and in which words: every decision with its receipt. 94-V art. 25(2)(5)."),
    "R2": N_(
        "From when until when each consent counts, and what ends it: its term, or what came before."
        " 94-V art. 8(4)(3), 22(1)(5)."
    ),
    "R3": N_("To whom data went, on which ground. An entry comes before the data leave. 94-V art. 8(4)(4), 22(1)(5)."),
    "R4": N_("The same of recipients abroad, with the notice to the authorised body. 94-V art. 16; policy 10."),
    "R5": N_("What of a person is published where, and when it has to go. 94-V art. 7(3); policy 8.6."),
    "R6": N_("What people demanded, by when it was due, how proven, what came of it. 94-V art. 25(2)(6)–(8)."),
    "R7": N_("What the authorised body asked; ten days to answer. 94-V art. 25(2)(3-1); policy 3.2.d."),
    "R8": N_("Breaches; one working day to tell the authorised body. 94-V art. 25(2)(8)."),
    "R9": N_("What was destroyed, on which ground, how. 94-V art. 18, 25(2)(4)."),
    "R10": N_("Every act of processing in both databases. Nobody changes it. Policy 9.1."),
    "R11": N_("Each version of the policy, who approved it, and the data it names. 94-V art. 25(2)(1)."),
    "R12": N_("Who may see data, and since when they are bound by the law. 94-V art. 10(1), 11."),
    "recalls": N_(
        "Who was given data that were corrected, may be used no more, or were destroyed: tell them by that day, with"
        " the numbers of the transfers in R3. Policy 3.2.g; 94-V art. 8(7)."
    ),
    "consents": N_("Consents to publication, each of its own. 94-V art. 7(3)."),
    "prohibitions": N_("What people forbid to publish, or tie to conditions. Policy 8.6."),
    "notices": N_("Notices sent: of transfers abroad, of the start and the end of processing. Policy 10.1."),
    "systems": N_("Where data lie: ours and others’. 94-V art. 12(2)."),
    "measures": N_("The list of protective measures, in versions. Policy 3.1.c, 8.0."),
    "services": N_("Services of others that visitors meet, with their own policies. Policy 8.5."),
    "statistics": N_("Messages by month, of whom nobody can tell any more. Policy 2.5."),
}

BRIEF = {  # what a list shows; an entry's own page shows all
    "R1": "receipt recorded_at event version language allowed refused status",
    "R2": "receipt purpose since term ends_on ended_at end_reason",
    "R3": "id at person recipient fields purpose basis tell_by",
    "R4": "id at person recipient country fields purpose basis notice",
    "R5": "id person fields place basis at remove_by",
    "R6": "id kind received_at state due_on ended_at by",
    "R7": "id number authority received_at due_on",
    "R8": "id kind detected_at people due_on closed_at",
    "R9": "id act object ground at backups_until by",
    "R10": "at act event about by database",
    "R11": "version published_at effective_on material languages approved_on approver",
    "R12": "id kind name country scope duties_on since until",
    "recalls": "id kind recipient person transfers fields due_on",
    "consents": "id person field place at ended_at",
    "prohibitions": "id person field conditional at ended_at",
    "notices": "id kind recipient reference sent_on",
    "systems": "id name place country owner since until",
    "measures": "id kind measure from_version to_version approver",
    "services": "id name purpose country since until",
}

CLOCKS = {  # the column that holds the last day, and the one that ends the wait
    "R3": ("tell_by", "told_on"),
    "R5": ("remove_by", "removed_at"),
    "R6": ("due_on", "ended_at"),
    "R7": ("due_on", "answered_at"),
    "R8": ("due_on", "notified_at"),
    "recalls": ("due_on", "passed_on"),
}

ADDING = {
    "R3": N_("Hand data over"),
    "R5": N_("Publish"),
    "R7": N_("Enter a request of the authorised body"),
    "R8": N_("Enter a breach"),
    "R9": N_("Enter an act"),
    "R11": N_("Enter an approval"),
    "R12": N_("Enter a recipient or somebody of the staff"),
    "consents": N_("Enter a consent to publication"),
    "prohibitions": N_("Enter a prohibition"),
    "notices": N_("Enter a notice"),
    "systems": N_("Enter a data system"),
    "measures": N_("Add a measure"),
    "services": N_("Enter a service"),
}

NOTES = {  # by the first field of what is noted
    "told_on": N_("The person was told"),
    "passed_on": N_("The recipient was told"),
    "removal": N_("It was taken down"),
    "answer": N_("It was answered"),
    "reference": N_("The authorised body was notified"),
    "follow_up": N_("What was learned: close it"),
    "duties_on": N_("They accepted the duties"),
    "country_facts": N_("What is known of the country"),
    "until": N_("It ends"),
    "ended": N_("It has ended"),
}

LABELS = {  # where a column's name is not what a form asks
    "notify": N_("Is the person to be told?"),
    "met": N_("Conditions that this publication keeps to"),
    "interest": N_("Overriding interest"),
    "reason": N_("The law that says so"),
    "on": N_("When"),
    "ended": N_("It has ended"),
}

HINTS = {
    "person": N_("The 22 letters by which the person is known here; never a name."),
    "recipient": N_("The number in register R12."),
    "purpose": N_("What for. Where consent is the ground: the key of its purpose, as the policy has it."),
    "citation": N_("The law, act or link that it rests on; of Kazakhstan. Not needed for consent."),
    "consent": N_("Only this receipt; else any that stands."),
    "notify": N_("Yes, where telling them was agreed: ten working days begin."),
    "network": N_("No, where it goes by hand."),
    "place": N_("Where, always in the same words: an address or a title."),
    "met": N_("Numbers of prohibitions, with commas."),
    "interest": N_("Only where a law puts it before what the person forbade."),
    "number": N_("The number that it bears."),
    "asks": N_("What is asked, naming nobody. It stays for ever."),
    "due_on": N_("The day that it names itself, where that is sooner than ten days."),
    "scope": N_("Naming nobody. It stays for ever."),
    "detected_at": N_("When it was noticed, Kazakhstan time."),
    "received_at": N_("When it came, Kazakhstan time."),
    "people": N_("How many; empty: not known yet."),
    "object": N_("A person’s id, or what and how many."),
    "backups_until": N_("When the last backup that holds it is gone."),
    "approver": N_("Position and order, no name."),
    "name": N_("As the policy names it; of staff the position and personnel number."),
    "duties_evidence": N_("Where that is written: contract, clause."),
    "evidence": N_("What shows it, or where it is kept."),
    "condition": N_("Empty: forbidden altogether."),
    "answer": N_("Number and gist of the answer, naming nobody."),
    "attachments": N_("Files that went with it, 2 MB in all. Only their names and digests are kept."),
    "until": N_("The last day, or from which on they get nothing."),
    "since": N_("Empty: today."),
    "follow_up": N_("What was learned and changed, naming nobody."),
}

LACKS = {  # what a gate finds missing, and how it is mended: by the codes of registers.provide and publish
    "person-blocked": N_("The person’s data are blocked: unblock them first. Policy 2.2."),
    "fields-unknown": N_("Choose which fields go. 94-V art. 22(1)(5)."),
    "purpose-missing": N_("Say what for. 94-V art. 12(2)."),
    "place-missing": N_("Say where it is published. Policy 8.6."),
    "recipient-unregistered": N_("The recipient is not in register R12: enter them first. 94-V art. 10(1)."),
    "access-over": N_("The recipient’s access has ended or not begun: see their entry in R12. Policy 11."),
    "duties-not-accepted": N_(
        "The recipient has not accepted the duties of the law: note it in R12. 94-V art. 10(1), 11."
    ),
    "country-facts-missing": N_(
        "Nothing is known of data protection in the recipient’s country: note it in R12. Policy 10.2."
    ),
    "notice-missing": N_(
        "The authorised body was not notified of this transfer abroad: enter the notice. Policy 10.1."
    ),
    "country-not-allowed": N_("Neither a consent nor a law allows a transfer to that country. 94-V art. 16."),
    "basis-unknown": N_("Choose a ground. 94-V art. 9; policy 7."),
    "basis-disabled": N_("This ground of the policy has no counterpart in the law and is not relied on. 94-V art. 9."),
    "citation-missing": N_("Cite the law or act that the ground rests on. 94-V art. 9."),
    "citation-foreign": N_("Kazakhstan has no federal law: cite the act of Kazakhstan."),
    "source-missing": N_("Give the link to where the person made the data public. Policy 7.6."),
    "consent-missing": N_("No consent of this person stands for this. 94-V art. 7(3), 7(6), 8."),
    "recipient-not-named": N_("The policy that was consented to does not name this recipient. 94-V art. 7(6)."),
    "override-unfounded": N_("Name whose interest it is, and the law that says so. Policy 8.6."),
    "forbidden": N_("The person has forbidden to publish it. Policy 8.6."),
    "condition-open": N_(
        "The person tied it to conditions: read them in Prohibitions, and say that they are met. Policy 8.6."
    ),
}
