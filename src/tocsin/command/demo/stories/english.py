"""What English-speaking customers write."""

from tocsin.command.demo.stories.base import Exchange, Voice

VOICE = Voice(
    openings=("Hello,", "Hi there,", "Good morning,", "Dear support team,", "Hi,"),
    closings=("Kind regards,", "Thanks,", "Best regards,", "Many thanks,", "Cheers,"),
    agent_openings=("Hello {first},", "Hi {first},", "Good morning {first},"),
    thanks=(
        "That did it, thank you.",
        "Works now. Thanks for the quick help.",
        "Perfect, all good on our side. You can close this.",
        "Great, thanks for explaining it so clearly.",
    ),
    stories={
        "dns": (
            Exchange(
                ("DNS change for {domain}", "A record not updated?"),
                "we changed the A record of {domain} in the control panel last night, but some of our "
                "colleagues still land on the old server. From my phone it is right, from the office "
                "it is not. Did I forget a step?",
                "the zone is right and both of our name servers give out the new record. What you see "
                "is the time other resolvers may remember the old answer, up to four hours with your "
                "present settings. By this evening everybody should get the new one.",
                more=(
                    "It works from home, but one branch office still gets the old address. Can we do "
                    "anything there?"
                ),
                then=(
                    "That office uses a resolver of its own. Restarting its router or waiting until "
                    "tomorrow morning clears it."
                ),
            ),
            Exchange(
                ("DNS change for {domain}", "Please point {domain} to a new address"),
                "could you please add a CNAME shop.{domain} that points to our shop provider? I found "
                "the page for records in the panel but it says that the name exists already, and I am "
                "afraid to break something.",
                "done. I removed the old entry that stood in the way and added yours; I also set its "
                "time to live to five minutes, so that the next change shows quickly. Please have a "
                "look from your side.",
            ),
        ),
        "client": (
            Exchange(
                ("Outlook keeps asking for the password",),
                "since yesterday Outlook asks for the password of {box} every few minutes, although it "
                "is right and the webmail takes it. Nothing was changed here as far as I know.",
                "we see logins without encryption from your address, which we stopped accepting this "
                "month. Removing the account and adding it again with port 993 and SSL solves it; your "
                "mails stay on the server.",
            ),
            Exchange(
                ("Setting up mail on a new phone", "Thunderbird cannot send"),
                "I got a new phone and cannot get {box} to work on it. Receiving is fine, but sending "
                'ends with "authentication required". Which server names and ports should I use?',
                "please use imap.{host} with port 993 and smtp.{host} with port 465, both with "
                "SSL/TLS, and the whole address as the user name for both of them. The setting "
                '"outgoing server needs a login" has to be on.',
                more=(
                    "Thank you, that works on the phone. The tablet has an older version, does it need "
                    "anything else?"
                ),
                then=(
                    "The same settings. If it does not offer TLS 1.2, an update of the system is "
                    "needed, there is no safe way around."
                ),
            ),
        ),
        "quota": (
            Exchange(
                ("Mailbox full", "Warning about mailbox size"),
                "I got a warning that {box} is {n} % full. I deleted a lot of mails, but the number "
                "does not go down. How long does that take?",
                "deleted mails stay in the trash for 30 days and count until then. I emptied it for "
                "you as a start: there is room again now. The largest folder is Sent; old attachments "
                "there are worth a look.",
            ),
            Exchange(
                ("Mailbox full", "{box} is over quota"),
                'customers tell us that their mails to {box} come back with "mailbox full". We need '
                "this address urgently, could you give us more room today?",
                "I raised the limit by 2 GB, which is included in your plan, so mail is coming in "
                "again. What was refused has to be sent again by your customers, as it never reached "
                "us.",
            ),
        ),
        "ssl": (
            Exchange(
                ("Certificate warning on {domain}", "SSL expired?"),
                "visitors of https://{domain} get a warning that the connection is not private since "
                "this morning. I thought certificates renew by themselves?",
                "the certificate is new now and covers both the name with and without www. The renewal "
                "had failed because a rule in your .htaccess refused the check; I wrote down which "
                "line it is, below in the panel's notes.",
                more="The warning is gone, but now the logo does not load on some pages.",
                then=(
                    "Those pictures are linked with http:// in the template. Changing the links to "
                    "https:// shows them again."
                ),
            ),
            Exchange(
                ('"Not secure" in the browser',),
                "we added www.{domain} as a second name, and the browser says that the certificate is "
                "not for this name. What do we have to do?",
                "we issued a new certificate a minute ago. Please reload the page with Ctrl+F5. From "
                "now on it renews by itself again, thirty days before it ends.",
            ),
        ),
        "invoice": (
            Exchange(
                ("Question about invoice {year}-{n}",),
                "invoice {year}-{n} over {amount} EUR still shows our old address. Our accountant "
                "needs it with the new one. Could you send a corrected copy, please?",
                "you are right, and I am sorry for the trouble. The corrected document is in the "
                "control panel under Billing and will also reach you by mail within the hour.",
            ),
            Exchange(
                ("Double charge?",),
                "it seems that we were charged {amount} EUR twice this month, once for each card on "
                "file. Could you check that, please? The statement is attached.",
                "thank you for telling us. I have put it right today; where money goes back, your bank "
                "needs three to five business days to show it.",
            ),
        ),
        "migration": (
            Exchange(
                ("Moving our website to you", "When can we move {domain}?"),
                "we would like to move {domain} (WordPress, about 6 GB with pictures) from our present "
                "provider to our new package with you. Can you do it for us, and how long will the "
                "site be away?",
                "gladly. Please create an SFTP login at the old provider and enter it in the panel "
                "under Migration, not by mail. We copy at night and tell you when you can try it under "
                "a test address; visitors notice nothing.",
            ),
            Exchange(
                ("Help with a migration",),
                "we copied the files of {domain} ourselves, but the database import in the panel stops "
                "at 50 MB. Is there another way to bring it in?",
                "the database is in: I imported it from the file you uploaded. Please check the site "
                "under the preview address in the panel before we switch the name over.",
                more="The preview looks good. Could we switch on {day} evening?",
                then="Yes, noted for {day} at 21:00. We will write to you when it is done.",
            ),
        ),
        "php": (
            Exchange(
                ("PHP version of {domain}", "Need PHP 8.3"),
                "our developer says that we need PHP 8.3 for {domain}. In the panel I can only choose "
                "up to 8.1. Can you switch it on for us?",
                "8.3 can be chosen now. One of your plugins uses a function that was removed in "
                "version 8; its name and the line are in the log that I put into the folder logs/. "
                "Updating that plugin first is the safe order.",
            ),
            Exchange(
                ("White page after PHP update",),
                "after I changed the PHP version of {domain} in the panel the site shows a white page "
                "only. I changed it back, but I would like to know what to do about it.",
                "I looked at the log: it is the slider plugin, version 3.2. With its update the site "
                "runs under 8.3; we tried it on a copy under the preview address.",
            ),
        ),
        "spam": (
            Exchange(
                ("Lots of spam since Monday",),
                "{box} gets some {n} spam mails a day since Monday, most of them in Chinese. Can the "
                "filter be made stricter only for this address?",
                "I have set the filter for this address to the stricter level and taught it the "
                "examples. Please drag what still comes through into the folder Spam, it learns from "
                "that within the hour.",
                more="Much better today. Can we see somewhere what was held back?",
                then=(
                    "Yes: in the webmail under Quarantine. What you release there is never held back again."
                ),
            ),
            Exchange(
                ("Fake invoices in our inbox",),
                "we get mails with fake invoices that seem to come from our own boss. One colleague "
                "nearly paid. An example with all headers is attached. Can you stop these?",
                "these come from outside with your name in front. Your domain now has a DMARC policy "
                "that lets servers refuse such mails; with your agreement we make it strict in two "
                "weeks. Please do not click on anything in them.",
            ),
        ),
        "password": (
            Exchange(
                ("Locked out of the control panel",),
                "I cannot sign in to the control panel any more, it says that the account is locked "
                "after too many tries. Could you unlock it for me?",
                "it is unlocked. There were {n} tries from one address abroad, so I suggest turning on "
                "two-factor sign-in under Security while you are there.",
            ),
            Exchange(
                ("New password for {box}",),
                "a colleague has left us and we do not know the password of {box}. We need to get at "
                "the mails in there. What do you need from us?",
                "I have sent a link to the management address that we have on file; it is good for two "
                "hours and lets you choose a new password. Nobody here can see or set passwords for "
                "you.",
            ),
        ),
        "slow": (
            Exchange(
                ("Our site is very slow", "{domain} takes ten seconds to load"),
                "pages of {domain} take eight to ten seconds since last week, mostly in the evening. "
                "Our designer says the site has not changed. Is the server overloaded?",
                "the server has room, but one crawler was fetching every page of yours in all its sort "
                "orders. I limited it. Page times are back to about half a second from here.",
                more="It is better, though the first page in the morning is still slow.",
                then=(
                    "That is the cache being filled anew at night. I set it to be warmed at six, so "
                    "nobody waits for it."
                ),
            ),
            Exchange(
                ("Our site is very slow",),
                "the back office of our shop is so slow that we can hardly work. The shop itself is "
                "fine. Measurements are attached.",
                "most of the time goes into one database query of the search. With an index on that "
                "table it takes milliseconds; I added it, please try again. A cache plugin would help "
                "further.",
            ),
        ),
        "newbox": (
            Exchange(
                ("New mailbox please", "Alias for our office"),
                "please set up a mailbox for our new colleague, {newbox}, with the same size as the "
                "others, and let office@{domain} go to her as well.",
                "done. The link for choosing the first password went to your management address.",
            ),
            Exchange(
                ("Forward mails during holidays",),
                "how do I make mails to {box} go to two colleagues during my holidays, without losing "
                "them for myself?",
                "that is set up now and can be changed by you under Mail, Forwarding. A copy stays in "
                "the mailbox itself.",
            ),
        ),
        "rejected": (
            Exchange(
                ("Mail comes back: 550 rejected", "Delivery failure to one customer"),
                'our offers to one large customer come back with "550 5.7.1 rejected". Their IT says '
                "that it is our fault. The whole message is attached. What can we tell them?",
                "the refusal comes from their own rule against a word in your signature's link. With "
                "the text below they can find it in their log at once; from our side all is in order.",
            ),
            Exchange(
                ("Our mails do not arrive",),
                "mails from {box} land in the spam folder of most recipients lately. It is a normal "
                "office address, no newsletters. How can we mend this?",
                "your domain had no DKIM key for the address you send from. It has one now, and the "
                "same mail passes all checks in our test. Reputation with the large providers follows "
                "within days.",
            ),
        ),
        "upgrade": (
            Exchange(
                ("Bigger package", "Question about your business plan"),
                "we are at {n} % of our web space and plan a second shop. What would the next larger "
                "package cost, and can we change in the middle of the year?",
                "you can change at any time; what you have paid for the present package is credited by "
                "the day. The offer is attached as a document in the panel, valid for 30 days, with "
                "the discount for long-standing customers.",
            ),
            Exchange(
                ("Offer for more space",),
                "could you send us an offer for 40 mailboxes with 10 GB each? At the moment we have 25 "
                "of the small ones.",
                "gladly. For your size the plan Business fits best: {amount} EUR a year including VAT. "
                'If you reply with "yes" we switch tonight; addresses and passwords stay as they are.',
            ),
        ),
        "backup": (
            Exchange(
                ("Please restore a file", "Deleted by mistake"),
                "I deleted the folder wp-content/uploads/{year} of {domain} by mistake. Is there a "
                "backup? Our whole picture gallery is in there.",
                "it is back: restored from the snapshot of 02:00. Nothing that you changed after that "
                "was touched. You can do this yourself too, under Files, Snapshots, for the last 14 "
                "days.",
            ),
            Exchange(
                ("Backup of last {day}?",),
                "after an update our shop {domain} is broken. Can you bring back the database from "
                "{day} night? Orders since then are few, we can enter them by hand.",
                "we have put the database of that night into place, and kept the broken one as a file "
                "beside it, in case you want to look something up. Please check the shop now.",
            ),
        ),
        "domain": (
            Exchange(
                ("Renewal of {domain}", "Is {domain} paid?"),
                "I got a letter from a company I do not know that wants 240 EUR for the renewal of "
                "{domain}. Is that real? I thought that you do this for us.",
                "please ignore that letter, it is a known trick. Your domain renews with us by itself "
                "and is paid until next year.",
            ),
            Exchange(
                ("Transfer of a domain",),
                "we bought another company and would like to transfer its domain to you. What do you "
                "need from us, and does mail keep working meanwhile?",
                "we need the authorisation code from the present registrar; please enter it in the "
                "panel under Domains. Mail and web go on working, as the name servers stay the same "
                "until you change them.",
            ),
        ),
        "newsletter": (
            Exchange(
                ("Reference customer?",),
                "we saw that you look for customers who tell about their experience. We would gladly "
                "take part if it does not take more than an hour.",
                "how kind of you, thank you. I will send you two dates and the questions beforehand.",
            ),
        ),
    },
    mail_is_down=(
        (
            "No mail since this morning",
            "we have not received a single mail for a while now, and Outlook says that it cannot "
            "connect to the server. Is there a problem on your side? We are waiting for orders.",
        ),
        (
            "Cannot send or receive email",
            "neither sending nor receiving works in our whole office. The webmail gives an error page "
            "as well. Please tell us when email will be back.",
        ),
        (
            "IMAP timeout",
            "all our phones and Thunderbird report an IMAP timeout for {box}. Our internet connection "
            "is fine. Are you aware of it?",
        ),
        (
            "Mailbox unreachable",
            "my mailbox {box} cannot be opened since about a quarter of an hour. Is the mail server down?",
        ),
    ),
    site_is_down=(
        (
            "{domain} is down",
            'our website {domain} shows "503 Service Unavailable". Please help, we have a campaign running.',
        ),
        (
            "Website not loading",
            "the website {domain} has not been loading for some minutes, on any device. Is it the server?",
        ),
        (
            "Shop offline",
            "our shop on {domain} cannot be reached. Customers are calling us. What is going on?",
        ),
    ),
)
