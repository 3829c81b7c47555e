# The life of a package, from its purchase to the next one, with every mail in it.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Three sessions": 3 sessions of 50 minutes for 270.00 USD, valid 90 days, standard

# She buys.
Nora buys "Three sessions" from Ines and pays online
then Nora has 3 to book, 0 booked, 0 used, use by Monday 13 July
then a mail to Nora says "Receipt R-000001, and your first session"
then a mail to Ines says "Sold: 3 sessions"
then no other mails

# A day later nothing is booked, and she is asked gently, once.
On Wednesday 15 April at 09:59:59
then no mail to Nora
1 second passes
then a mail to Nora says "Your three sessions are ready when you are"
then it came on Wednesday 15 April at 10:00
then in it stands "Book them by Monday 13 July; sessions until 27 July."
2 days pass
then no other mails

# She books the first session, and moves it.
Nora books Tuesday 21 April at 10:00
then Nora has 2 to book, 1 booked, 0 used
then a mail to Nora says "Booked: Tuesday 21 April, 10:00 am"
then its calendar says "METHOD:REQUEST"
then its calendar says "SEQUENCE:0"
then a mail to Ines says "Booked: Tuesday 21 April, 10:00 am"
Nora moves Tuesday 21 April at 10:00 to Wednesday 22 April at 11:00
then Nora has 2 to book, 1 booked, 0 used
then a mail to Nora says "Moved: Wednesday 22 April, 11:00 am"
then its calendar says "METHOD:REQUEST"
then its calendar says "SEQUENCE:1"
then a mail to Ines says "Moved: Wednesday 22 April, 11:00 am"
then no other mails

# A day ahead she is reminded of where it is now, and not of where it was.
On Tuesday 21 April at 10:59:59
then no other mails
1 second passes
then a mail to Nora says "Your session: Wednesday 22 April, 11:00 am"
then it came on Tuesday 21 April at 11:00

# It takes place.
On Wednesday 22 April at 11:49:59
then Nora has 2 to book, 1 booked, 0 used
1 second passes
then Nora has 2 to book, 0 booked, 1 used
then no other mails

# She books another and calls it off in time: the credit comes back.
Nora books Tuesday 5 May at 10:00
then a mail to Nora says "Booked: Tuesday 5 May, 10:00 am"
then a mail to Ines says "Booked: Tuesday 5 May, 10:00 am"
On Monday 4 May at 09:00
then before Nora cancels Tuesday 5 May at 10:00 the page says "Your credit comes back."
Nora cancels Tuesday 5 May at 10:00
then Nora has 2 to book, 0 booked, 1 used
then a mail to Nora says "Canceled: Tuesday 5 May, 10:00 am"
then its calendar says "METHOD:CANCEL"
then its calendar says "SEQUENCE:1"
then in it stands "as you asked"
then a mail to Ines says "Canceled: Tuesday 5 May, 10:00 am"
then no other mails

# A week before the date she is told what is left.
On Monday 6 July at 07:59:59
then no other mails
1 second passes
then a mail to Nora says "Two sessions to book by Monday 13 July"
then it came on Monday 6 July at 08:00

# She books both.
Nora books Thursday 9 July at 10:00
Nora books Friday 10 July at 10:00
then Nora has 0 to book, 2 booked, 1 used
then a mail to Nora says "Booked: Thursday 9 July, 10:00 am"
then a mail to Ines says "Booked: Thursday 9 July, 10:00 am"
then a mail to Nora says "Booked: Friday 10 July, 10:00 am"
then a mail to Ines says "Booked: Friday 10 July, 10:00 am"
Nora books Monday 13 July at 10:00
then refused: "There is no session left to book."
On Friday 10 July at 12:49:59
then a mail to Nora says "Your session: Thursday 9 July, 10:00 am"
then a mail to Nora says "Your session: Friday 10 July, 10:00 am"
then Nora has 0 to book, 0 booked, 3 used
then no other mails

# Two hours after the last one she is asked whether she would like to go on, and buys again.
1 second passes
then a mail to Nora says "That was session three"
then it came on Friday 10 July at 12:50
then no other mails
Nora buys "Three sessions" from Ines and pays online
then Nora has 3 to book, 0 booked, 3 used, use by Thursday 8 October
then a mail to Nora says "Receipt R-000002, and your first session"
then a mail to Ines says "Sold: 3 sessions"
Nora books Tuesday 14 July at 10:00
then a mail to Nora says "Booked: Tuesday 14 July, 10:00 am"
then a mail to Ines says "Booked: Tuesday 14 July, 10:00 am"

# The first package passes its date with nothing left, the second needs no nudge to begin.
On Wednesday 15 July at 10:00
then a mail to Nora says "Your session: Tuesday 14 July, 10:00 am"
then Nora has 2 to book, 0 booked, 4 used, 0 expired
then no other mails
