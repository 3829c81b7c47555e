# Worked example 8: two tabs and the last credit; two clients and one time. One books, the other is told why not, and
# no credit is lost.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "One": 1 sessions of 50 minutes for 90.00 USD, valid 90 days, standard
Nora buys "One" from Ines and pays online
Mia buys "One" from Ines and pays online
Zoe buys "One" from Ines and pays online

At the same time
  Nora books Tuesday 21 April at 10:00
  Nora books Wednesday 22 April at 10:00
then 1 is done and 1 is refused: "There is no session left to book."
then Nora has 0 to book, 1 booked, 0 used

At the same time
  Mia books Thursday 23 April at 10:00
  Zoe books Thursday 23 April at 10:00
then 1 is done and 1 is refused: "That time was just taken."
then 1 of the sessions of Ines stands on Thursday 23 April at 10:00
then Mia and Zoe together has 1 to book, 1 booked, 0 used
