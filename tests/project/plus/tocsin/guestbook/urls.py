from django.urls import path
from tocsin.guestbook import views

app_name = "guestbook"
urlpatterns = [path("", views.book, name="book")]
