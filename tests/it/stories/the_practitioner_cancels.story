# When the practitioner cancels, the credit always comes back, with an apology and at least thirty days.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Two sessions": 2 sessions of 50 minutes for 180.00 USD, valid 14 days, standard
Nora buys "Two sessions" from Ines and pays online
Nora books Thursday 23 April at 16:00
Nora books Friday 24 April at 16:00
then Nora has 0 to book, 2 booked, use by Tuesday 28 April
then a mail to Nora says "Receipt R-000001, and your first session"
then a mail to Ines says "Sold: 2 sessions"
then a mail to Nora says "Booked: Thursday 23 April, 4:00 pm"
then a mail to Ines says "Booked: Thursday 23 April, 4:00 pm"
then a mail to Nora says "Booked: Friday 24 April, 4:00 pm"
then a mail to Ines says "Booked: Friday 24 April, 4:00 pm"

# An hour before.
On Thursday 23 April at 15:00
then a mail to Nora says "Your session: Thursday 23 April, 4:00 pm"
Ines cancels Nora's session on Thursday 23 April at 16:00
then Nora has 1 to book, 1 booked, 0 used, use by Saturday 23 May
then a mail to Nora says "Canceled: Thursday 23 April, 4:00 pm"
then in it stands "has to cancel your session on Thursday 23 April, 4:00 pm, and is sorry for it."
then its calendar says "METHOD:CANCEL"
then no other mails

# And also when the session is over.
On Friday 24 April at 18:00
then a mail to Nora says "Your session: Friday 24 April, 4:00 pm"
then Nora has 1 to book, 0 booked, 1 used
Ines cancels Nora's session on Friday 24 April at 16:00
then Nora has 2 to book, 0 booked, 0 used, use by Sunday 24 May
then a mail to Nora says "Canceled: Friday 24 April, 4:00 pm"
Ines cancels Nora's session on Friday 24 April at 16:00
then no other mails

# A session that was given back before is called off as well, and no second credit comes of it.
Nora books Tuesday 28 April at 16:00
On Tuesday 28 April at 18:00
Ines gives back the credit of Nora's session on Tuesday 28 April at 16:00
then Nora has 2 to book, 0 booked, 0 used
Ines cancels Nora's session on Tuesday 28 April at 16:00
then Nora has 2 to book, 0 booked, 0 used
