# A late cancel and a missed session use their credits; the practitioner can give both back.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Three sessions": 3 sessions of 50 minutes for 270.00 USD, valid 90 days, standard
Nora buys "Three sessions" from Ines and pays online
Nora books Tuesday 14 April at 16:00
then refused: "That time is too soon to be booked here."
Nora books Wednesday 15 April at 10:00
Nora books Wednesday 15 April at 11:00
10 minutes pass
Nora moves Wednesday 15 April at 10:00 to Thursday 16 April at 10:00
then refused: "It is too late to move this session."
then before Nora cancels Wednesday 15 April at 10:00 the page says "It is later than 24 hours before, so this session’s credit is used. It would have come back until Tuesday 14 April, 10:00 am."
Nora cancels Wednesday 15 April at 10:00
then Nora has 1 to book, 1 booked, 1 used
Ines marks Nora's session on Wednesday 15 April at 11:00 missed
then refused: "NotBegun"

On Wednesday 15 April at 11:10
Nora cancels Wednesday 15 April at 11:00
then refused: "This session has begun."
Ines marks Nora's session on Wednesday 15 April at 11:00 missed
then Nora has 1 to book, 0 booked, 2 used
Ines gives back the credit of Nora's session on Wednesday 15 April at 11:00
Ines gives back the credit of Nora's session on Wednesday 15 April at 11:00
then Nora has 2 to book, 0 booked, 1 used
Ines gives back the credit of Nora's session on Wednesday 15 April at 10:00
then Nora has 3 to book, 0 booked, 0 used
