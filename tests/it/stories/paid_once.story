# Worked example 7: the webhook comes three times, the return page twice, a poll between them: one grant, one receipt.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Six sessions": 6 sessions of 50 minutes for 540.00 USD, valid 90 days, standard
Nora orders "Six sessions" from Ines to pay online
then Nora has nothing
Nora's card is declined
Nora comes back from the payment page
then Nora's order waits for the buyer
then Nora has nothing
Nora pays by card
then Nora has nothing
The provider's webhook about Nora's order comes
then Nora has 6 to book
Nora comes back from the payment page
The provider's webhook about Nora's order comes
The provider is polled
Nora comes back from the payment page
The provider's webhook about Nora's order comes
then Nora's order is paid
then Nora has 6 to book
then there are 1 receipts and 1 payments
then a mail to Nora says "Receipt R-000001, and your first session"
then a mail to Ines says "Sold: 6 sessions"
then no other mails

# Who pays and closes the window is found without any of them.
Mia orders "Six sessions" from Ines to pay online
Mia pays by card
1 minute passes
then Mia has 6 to book
then there are 2 receipts and 2 payments

# Who never pays has an order that ends when the payment page does.
Zoe orders "Six sessions" from Ines to pay online
23 hours pass
2 minutes pass
then Zoe's order has lapsed
then Zoe has nothing
then no mail to Zoe
