package signin

import (
	"time"

	"kakehashi/domains/people/person"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/web"
)

// LimitMail counts a code for the address and is Unavailable when there were
// too many, here or on the sign-in page.
func (s *SignIn) LimitMail(c *web.Context, mail string) error {
	key := string(s.store.MailIndex(mail))
	for _, r := range []web.Rate{perMail, perMailDay} {
		if err := c.Limit(r, key); err != nil {
			return err
		}
	}
	return nil
}

// BeginMail sends a code to the new address of a person and returns the token
// that FinishMail takes. The old address stays until then.
func (s *SignIn) BeginMail(tx *db.Tx, who db.ID, mail string, reads i18n.Lang) (token string, err error) {
	defer fault.Wrap(&err, "signin.BeginMail(%v)", who)
	code, err := newCode()
	if err != nil {
		return "", err
	}
	token = newToken()
	if err := s.keep(tx, token, hashCode(token, code), flow{mail: mail, person: who, state: stateSent}, CodeFor); err != nil {
		return "", err
	}
	return token, s.deliver.Send(tx, deliver.Message{
		Kind: KindCode, Address: mail, Lang: reads, Urgent: true,
		Data: codeMail{Code: code, Minutes: int(CodeFor / time.Minute)},
	})
}

// FinishMail puts the proved address in place. refused is an Invalid fault at
// code, or Conflict when a new code is needed; the try that it cost is counted
// all the same, so it is no error of the transaction.
func (s *SignIn) FinishMail(tx *db.Tx, who db.ID, token, code string) (refused, err error) {
	defer fault.Wrap(&err, "signin.FinishMail(%v)", who)
	a, f, err := s.count(tx, who, token, code)
	if err != nil || a.over || a.wrong {
		return a.refusal(), err
	}
	p, err := s.store.Reveal(tx, who)
	if err != nil {
		return nil, err
	}
	p.Mail, p.Account = f.mail, true
	if _, err := s.store.Update(tx, p); err != nil {
		return nil, err
	}
	tx.Touch(person.Topic(who))
	return nil, s.use(tx, f.id)
}

// refusal says what is wrong with a code; nil when nothing is.
func (a answer) refusal() error {
	switch {
	case a.over:
		return fault.New(fault.Conflict, "people.code.over")
	case a.wrong:
		var check fault.Check
		check.Field(false, "code", "people.code.wrong", "count", a.left)
		return check.Err()
	}
	return nil
}
