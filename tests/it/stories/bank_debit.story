# A bank debit takes days: the sessions land when the money does, and not if it does not.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Six sessions": 6 sessions of 50 minutes for 540.00 USD, valid 90 days, standard
Nora orders "Six sessions" from Ines to pay online
Nora pays by bank debit, which arrives on Friday 17 April at 10:00
Nora comes back from the payment page
then Nora's order waits for the bank
Mia orders "Six sessions" from Ines to pay online
Mia pays by bank debit, which fails on Friday 17 April at 10:00
The provider's webhook about Mia's order comes
then Mia's order waits for the bank
On Friday 17 April at 09:59
then Nora has nothing
then no other mails
11 minutes pass
then Nora's order is paid
then Nora has 6 to book, use by Thursday 16 July
then a mail to Nora says "Receipt R-000001, and your first session"
then a mail to Ines says "Sold: 6 sessions"
then Mia's order has failed
then Mia has nothing
then a mail to Mia says "Your payment did not come through"
then no other mails
then there are 1 receipts and 1 payments
