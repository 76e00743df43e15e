package groups

import (
	"context"
	"encoding/json"
	"strings"

	"kakehashi/domains/groups/group"
	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
)

// mails are the kinds of message that groups send; base is the city's address.
func mails(base string) []deliver.Kind {
	kind := func(name string, text func(*i18n.Localizer, group.Letter) (subject string, parts []string), page string) deliver.Kind {
		return deliver.Kind{Name: name, Render: func(_ context.Context, loc *i18n.Localizer, data json.RawMessage) (deliver.Content, error) {
			var l group.Letter
			if err := json.Unmarshal(data, &l); err != nil {
				return deliver.Content{}, err
			}
			subject, parts := text(loc, l)
			parts = append(parts, base+"/groups/"+l.Group.String()+page)
			return deliver.Content{Subject: subject, Text: strings.Join(parts, "\n\n")}, nil
		}}
	}
	return []deliver.Kind{
		kind(group.MailReceived, received, "/desk"),
		kind(group.MailDecided, decided, "/desk"),
		kind(group.MailRenew, renew, "/send"),
	}
}

func received(loc *i18n.Localizer, l group.Letter) (string, []string) {
	return loc.T("groups.mail.received.subject", "receipt", l.Receipt), []string{
		loc.T("groups.mail.received.text", "name", l.Name),
		loc.T("groups.mail.received.due", "date", l.Due, "receipt", l.Receipt),
	}
}

func decided(loc *i18n.Localizer, l group.Letter) (string, []string) {
	switch l.State {
	case group.Approved:
		parts := []string{loc.T("groups.mail.approved.text", "name", l.Name)}
		if !l.Until.IsZero() {
			parts = append(parts, loc.T("groups.valid_until", "date", loc.DateLong(l.Until)))
		}
		return loc.T("groups.mail.approved.subject"), parts
	case group.Changes:
		return loc.T("groups.mail.changes.subject"), append([]string{loc.T("groups.mail.changes.text", "name", l.Name)}, why(loc, l)...)
	}
	return loc.T("groups.mail.refused.subject"), append([]string{loc.T("groups.mail.refused.text", "name", l.Name)}, why(loc, l)...)
}

// why is the office's reasons in the reader's language, and its own words as
// they were written.
func why(loc *i18n.Localizer, l group.Letter) (out []string) {
	for _, r := range l.Reasons {
		out = append(out, group.ReasonWord(loc, r))
	}
	if l.Note != "" {
		out = append(out, l.Note)
	}
	return out
}

func renew(loc *i18n.Localizer, l group.Letter) (string, []string) {
	return loc.T("groups.mail.renew.subject"), []string{loc.T("groups.mail.renew.text", "name", l.Name, "date", loc.DateLong(l.Until))}
}
