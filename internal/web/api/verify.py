import base64, hashlib, hmac, time

def verified(secret, headers, body):  # whsec_…, the headers in lower case, the raw bytes
    name, at = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(at)) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{name}.{at}.".encode() + body, hashlib.sha256)
    good = "v1," + base64.b64encode(mac.digest()).decode()
    return any(hmac.compare_digest(good, s) for s in headers["webhook-signature"].split())
