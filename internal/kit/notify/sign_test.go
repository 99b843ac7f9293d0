// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"net/url"
	"testing"
)

// The example in Aliyun's description of its RPC signature.
func TestAliyunExample(t *testing.T) {
	t.Parallel()
	v := url.Values{}
	for name, value := range map[string]string{
		"Timestamp": "2016-02-23T12:46:24Z", "Format": "XML", "AccessKeyId": "testid", "Action": "DescribeRegions", "SignatureMethod": "HMAC-SHA1",
		"SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf", "Version": "2014-05-26", "SignatureVersion": "1.0",
	} {
		v.Set(name, value)
	}
	if got := aliyunSignature("GET", v, "testsecret"); got != "OLeaidS1JvxuMvnyHOwuJ+uX5qY=" {
		t.Errorf("%s", got)
	}
}

func TestScrub(t *testing.T) {
	t.Parallel()
	got := scrub("no 19900000002\nfor zhou, access_token=abc&x", "zhou")
	if got != "no *** for ***, access_token=***&x" {
		t.Errorf("%q", got)
	}
}
