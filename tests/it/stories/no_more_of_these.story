# Who does not want one kind of nudge gets no more of it, and all the others.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Six sessions": 6 sessions of 50 minutes for 540.00 USD, valid 90 days, standard
Nora buys "Six sessions" from Ines and pays online
1 day passes
then a mail to Nora says "Receipt R-000001, and your first session"
then a mail to Nora says "Your six sessions are ready when you are"
The link at the foot of that mail is used to get no more of them
Nora buys "Six sessions" from Ines and pays online
then a mail to Nora says "Receipt R-000002, and your first session"
2 days pass
then the book-first nudge to Nora was not sent: "The client asked not to get these."
then no mail to Nora
On Monday 6 July at 08:00
then a mail to Nora says "Six sessions to book by Monday 13 July"
