# More time arms the reminder of the new date, and calls off what was to be said about the old one.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Six sessions": 6 sessions of 50 minutes for 540.00 USD, valid 90 days, standard
Nora buys "Six sessions" from Ines and pays online
On Tuesday 7 July at 10:00
then a mail to Nora says "Receipt R-000001, and your first session"
then a mail to Nora says "Your six sessions are ready when you are"
then a mail to Nora says "Six sessions to book by Monday 13 July"
then a mail to Ines says "Sold: 6 sessions"
then no other mails
Ines extends Nora's "Six sessions" to Monday 6 July, because "an earlier date"
then refused: "NotLater"
Ines extends Nora's "Six sessions" to Monday 31 August, because "summer"
then Nora has 6 to book, 0 expired, use by Monday 31 August
On Monday 24 August at 07:59:59
then no other mails
1 second passes
then a mail to Nora says "Six sessions to book by Monday 31 August"
On Tuesday 1 September at 08:00
then a mail to Nora says "Six sessions have reached the date"
then no other mails

# Hana is not asked about what is not hers.
Hana extends Nora's "Six sessions" to Wednesday 30 September, because "kindness"
then refused: "NotThere"

# A short one that was made long is spoken of a week before its date, and not half-way to it.
On Wednesday 2 September at 10:00
Ines offers "Three, soon": 3 sessions of 50 minutes for 270.00 USD, valid 9 days, standard
Mia buys "Three, soon" from Ines and pays online
then a mail to Mia says "Receipt R-000002, and your first session"
then a mail to Ines says "Sold: 3 sessions"
Ines extends Mia's "Three, soon" to Saturday 31 October, because "a journey"
On Saturday 24 October at 07:59:59
then a mail to Mia says "Your three sessions are ready when you are"
then no other mails
1 second passes
then a mail to Mia says "Three sessions to book by Saturday 31 October"
then no other mails
