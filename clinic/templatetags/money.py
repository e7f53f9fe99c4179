"""`{{ cents|euros }}`: an amount as its reader writes it."""

from django import template

from patients import money

register = template.Library()
register.filter("euros", money.euros)
