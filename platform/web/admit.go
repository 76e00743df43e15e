package web

import (
	"errors"

	"kakehashi/platform/fault"
)

// mustBeComplete panics when an access lacks what it decides by.
func (a Access) mustBeComplete(pattern string) {
	bad := false
	switch a.kind {
	case accessHolding:
		bad = len(a.roles) == 0
	case accessConcerned, accessLink:
		bad = a.check == nil || a.name == ""
	case accessAny:
		bad = len(a.any) == 0
		for _, b := range a.any {
			bad = bad || b.kind == accessNone
			b.mustBeComplete(pattern)
		}
	}
	if bad {
		panic("web: access " + a.String() + " of " + pattern + " is not complete")
	}
}

// admit returns nil when the viewer may come in: else errSignIn, a fault, or
// the error of a check.
func (a Access) admit(c *Context) error {
	switch a.kind {
	case accessPublic:
		return nil
	case accessDemo:
		if c.server.cfg.Demo {
			return nil
		}
		return notFound()
	case accessLink:
		return a.checked(c)
	case accessAny:
		return a.admitAny(c)
	}
	if !c.Viewer.SignedIn() {
		return errSignIn
	}
	switch a.kind {
	case accessSignedIn:
		return nil
	case accessHolding:
		for _, r := range a.roles {
			if c.Viewer.Holds(r) {
				return nil
			}
		}
		return denied()
	case accessConcerned:
		return a.checked(c)
	}
	return denied()
}

func (a Access) checked(c *Context) error {
	ok, err := a.check(c)
	switch {
	case err != nil:
		return err
	case ok:
		return nil
	case a.shown:
		return denied()
	}
	return notFound()
}

// admitAny lets in whom one alternative lets in. Who gets in by none is asked
// to sign in when that may help, and is otherwise told the least: one
// alternative that hides the thing hides it.
func (a Access) admitAny(c *Context) error {
	var signIn, hidden, refused error
	for _, b := range a.any {
		err := b.admit(c)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errSignIn):
			signIn = err
		case fault.Is(err, fault.NotFound):
			hidden = err
		case fault.Is(err, fault.Denied):
			refused = err
		default:
			return err
		}
	}
	for _, err := range []error{signIn, hidden, refused} {
		if err != nil {
			return err
		}
	}
	return denied()
}
