package fault

import (
	"errors"
	"io"
	"testing"
)

func TestKindOf_SurvivesWrapping(t *testing.T) {
	book := func() (err error) {
		defer Wrap(&err, "Book(%q)", "会議室1")
		return New(Conflict, "places.taken").Because(io.EOF)
	}
	err := book()
	if KindOf(err) != Conflict || !Is(err, Conflict) || Is(err, Denied) {
		t.Errorf("kind of %v = %v, want conflict", err, KindOf(err))
	}
	if !errors.Is(err, io.EOF) {
		t.Error("the cause is lost")
	}
	if got, want := err.Error(), `Book("会議室1"): conflict places.taken: EOF`; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if KindOf(io.EOF) != Internal {
		t.Error("an unclassified error must be Internal")
	}
}

func TestCheck_TellsEverythingAtOnce(t *testing.T) {
	var c Check
	c.Field(true, "name", "people.name.missing")
	if c.Err() != nil {
		t.Fatal("nothing was wrong")
	}
	c.Field(false, "name", "people.name.missing")
	c.Field(false, "mail", "people.mail.invalid")
	var e *Error
	if !errors.As(c.Err(), &e) || e.Kind != Invalid || len(e.Fields) != 2 {
		t.Errorf("Err() = %v, want Invalid with two fields", c.Err())
	}
}
