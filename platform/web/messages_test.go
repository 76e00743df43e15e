package web_test

import (
	"testing"

	"kakehashi/platform/i18n/i18ntest"
	"kakehashi/platform/web"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "web", web.Messages().FS)
	i18ntest.Keys(t, web.Messages(), ".")
}
