"""The tour: a house of its own, and the main job walked through it over HTTP, as people and their browsers would.

`house` opens and ends the instance, `browser` and `mails` are what people have, `world` what one sheet's tour knows;
`steps` holds one file for each step and `walk` puts them in order.
"""
