package web

import "net/url"

// Draft is a form that was sent by a session that was over, or before anybody
// signed in, and that waits for the person to send it again.
type Draft struct {
	Path  string     // where to send it: the form's action
	Form  url.Values // what was typed
	Files bool       // it had files, which could not be kept
}
