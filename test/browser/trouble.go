package browser

import (
	"sync"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
)

// trouble is what the browser has complained about.
type trouble struct {
	mu   sync.Mutex
	said []string
}

// hear notes errors of scripts, and what the content security policy refused.
// That a page was not found is for its status to say.
func (t *trouble) hear(ev any) {
	var line string
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		line = ev.ExceptionDetails.Text
		if e := ev.ExceptionDetails.Exception; e != nil {
			line += " " + e.Description
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level != log.EntryLevelError || ev.Entry.Source == log.EntrySourceNetwork {
			return
		}
		line = ev.Entry.Text + " " + ev.Entry.URL
	default:
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.said = append(t.said, line)
}

// Troubles returns what the browser has complained about since the last time:
// errors of scripts, and what the content security policy refused.
func (v *Visitor) Troubles() []string {
	v.trouble.mu.Lock()
	defer v.trouble.mu.Unlock()
	said := v.trouble.said
	v.trouble.said = nil
	return said
}
