package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
)

// State is how far a Rule has come. Whether a Rule that is InForce holds yet, or
// still, follows from its day and those after it.
type State string

// The states.
const (
	Draft     State = "draft"     // nobody but the office sees it
	InForce   State = "in_force"  // decided: it holds from its day
	Withdrawn State = "withdrawn" // taken back before its day
)

// Rule is one decision of one Kind, for the city or one facility.
type Rule struct {
	ID        db.ID
	Version   int64
	Kind      Kind
	Facility  db.ID   // 0: the whole city
	From      jp.Date // the first day on which it holds
	Body      Body
	Note      string // why, for the office and for residents
	State     State
	MadeBy    db.ID
	MadeAt    time.Time
	ChangedAt time.Time
}

// Open reports whether the rule can still be edited or withdrawn on the day: it
// is a draft, or has not come into force.
func (r Rule) Open(today jp.Date) bool {
	return r.State == Draft || r.State == InForce && r.From.After(today)
}

// Body is what a Rule says: one of Access, Opening, Draw, Fees, Reductions,
// Payment, Refunds, Penalties and Reopening.
type Body interface {
	Kind() Kind
	// Check returns what cannot be, all at once: an Invalid fault whose fields
	// are named by their path in JSON, "lines.0.before".
	Check() error
}

// Kind implements Body.
func (Access) Kind() Kind { return KindAccess }

// Kind implements Body.
func (Opening) Kind() Kind { return KindOpening }

// Kind implements Body.
func (Draw) Kind() Kind { return KindDraw }

// Kind implements Body.
func (Fees) Kind() Kind { return KindFees }

// Kind implements Body.
func (Reductions) Kind() Kind { return KindReductions }

// Kind implements Body.
func (Payment) Kind() Kind { return KindPayment }

// Kind implements Body.
func (Refunds) Kind() Kind { return KindRefunds }

// Kind implements Body.
func (Penalties) Kind() Kind { return KindPenalties }

// Kind implements Body.
func (Reopening) Kind() Kind { return KindReopening }

// mostBytes of a body as JSON.
const mostBytes = 64 << 10

// Decode reads the body of a rule of the kind from JSON. What the kind does not
// know, and what Check refuses, is an Invalid fault.
func Decode(kind Kind, text []byte) (Body, error) {
	b, err := decode(kind, text)
	if err != nil {
		return nil, fault.New(fault.Invalid, "rules.error.body").Because(err)
	}
	return b, b.Check()
}

func decode(kind Kind, text []byte) (Body, error) {
	if len(text) > mostBytes {
		return nil, errors.New("rules: body too long")
	}
	switch kind {
	case KindAccess:
		return into[Access](text)
	case KindOpening:
		return into[Opening](text)
	case KindDraw:
		return into[Draw](text)
	case KindFees:
		return into[Fees](text)
	case KindReductions:
		return into[Reductions](text)
	case KindPayment:
		return into[Payment](text)
	case KindRefunds:
		return into[Refunds](text)
	case KindPenalties:
		return into[Penalties](text)
	case KindReopening:
		return into[Reopening](text)
	}
	return nil, errors.New("rules: unknown kind " + string(kind))
}

func into[B Body](text []byte) (Body, error) {
	var b B
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("rules: more than one value")
	}
	return b, nil
}

// Of returns the body of the kind among the set.
func (s Set) Of(kind Kind) Body {
	switch kind {
	case KindAccess:
		return s.Access
	case KindOpening:
		return s.Opening
	case KindDraw:
		return s.Draw
	case KindFees:
		return s.Fees
	case KindReductions:
		return s.Reductions
	case KindPayment:
		return s.Payment
	case KindRefunds:
		return s.Refunds
	case KindPenalties:
		return s.Penalties
	}
	return s.Reopening
}

// ParseKind returns the kind of that name.
func ParseKind(s string) (Kind, bool) {
	for _, k := range Kinds {
		if string(k) == s {
			return k, true
		}
	}
	return "", false
}
