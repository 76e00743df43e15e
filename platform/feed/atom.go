package feed

import (
	"bytes"
	"time"

	"github.com/gorilla/feeds"
)

// AtomMIME is the media type of an Atom feed.
const AtomMIME = "application/atom+xml; charset=utf-8"

// Entry is one piece of news, its texts in the reader's language.
type Entry struct {
	ID      string // a URI that never changes; "" is its Link
	Title   string
	Text    string
	Link    string    // absolute
	Created time.Time // zero when nobody keeps it
	Updated time.Time
}

// Atom returns a feed of the page at the address, last changed at updated.
func Atom(title, address string, updated time.Time, entries []Entry) ([]byte, error) {
	f := &feeds.Feed{Title: title, Link: &feeds.Link{Href: address}, Id: address, Updated: updated}
	for _, e := range entries {
		if e.ID == "" {
			e.ID = e.Link
		}
		f.Items = append(f.Items, &feeds.Item{
			Id: e.ID, Title: e.Title, Description: e.Text, Link: &feeds.Link{Href: e.Link}, Created: e.Created, Updated: e.Updated,
		})
	}
	var b bytes.Buffer
	err := f.WriteAtom(&b)
	return b.Bytes(), err
}
