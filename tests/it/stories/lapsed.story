# At its date what is left has reached it, at that instant and without anybody doing anything.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Six sessions": 6 sessions of 50 minutes for 540.00 USD, valid 90 days, standard
Nora buys "Six sessions" from Ines and pays online
then a mail to Nora says "Receipt R-000001, and your first session"
then a mail to Ines says "Sold: 6 sessions"
Nora books Thursday 16 April at 10:00
then a mail to Nora says "Booked: Thursday 16 April, 10:00 am"
then a mail to Ines says "Booked: Thursday 16 April, 10:00 am"
On Monday 13 July at 23:59:59
then a mail to Nora says "Your session: Thursday 16 April, 10:00 am"
then a mail to Nora says "Five sessions to book by Monday 13 July"
then Nora has 5 to book, 1 used, 0 expired
1 second passes
then Nora has 0 to book, 1 used, 5 expired
Nora books Wednesday 15 July at 10:00
then refused: "There is no session left to book."
On Tuesday 14 July at 07:59:59
then no other mails
1 second passes
then a mail to Nora says "Five sessions have reached the date"
30 days pass
then no other mails

# It was an oversight: with more time they are back.
Ines extends Nora's "Six sessions" to Saturday 31 October, because "she was in hospital"
then Nora has 5 to book, 1 used, 0 expired, use by Saturday 31 October
