# Nobody is nudged between eight in the evening and eight in the morning of where she lives.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Six sessions": 6 sessions of 50 minutes for 540.00 USD, valid 90 days, standard
Mia lives in America/New_York
Mia buys "Six sessions" from Ines and pays online
then a mail to Mia says "Receipt R-000001, and your first session"
then it came on Tuesday 14 April at 10:00
then the book-first nudge to Mia waits for Wednesday 15 April at 14:00

On Tuesday 14 April at 21:30
Nora buys "Six sessions" from Ines and pays online
then a mail to Nora says "Receipt R-000002, and your first session"
then it came on Tuesday 14 April at 21:30

On Wednesday 15 April at 13:59
then no mail to Mia
1 minute passes
then a mail to Mia says "Your six sessions are ready when you are"
On Thursday 16 April at 07:59
then no mail to Nora
1 minute passes
then a mail to Nora says "Your six sessions are ready when you are"
