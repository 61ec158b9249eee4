"""Does with python-jenkins what a person would do to move a job to another credential, and prints each answer.

Standard input is one JSON document: url, user, password, folder, credential (XML) and job.
"""

import json
import sys
import time

import jenkins

given = json.load(sys.stdin)
folder = given["folder"]
server = jenkins.Jenkins(given["url"], username=given["user"], password=given["password"], timeout=10)


def attempt(name, call):
    try:
        print(f"{name}: {call()}")
    except jenkins.JenkinsException as problem:
        # The message holds whole HTML pages; the first line tells.
        print(f"{name}: {type(problem).__name__}: {str(problem).splitlines()[0]}")


def build():
    queued = server.build_job(given["job"])
    for _ in range(100):
        executable = server.get_queue_item(queued).get("executable")
        if executable is not None:
            number = executable["number"]
            info = server.get_build_info(given["job"], number)
            if info["result"] is not None:
                return info["result"]
        time.sleep(0.05)
    raise jenkins.JenkinsException("the build did not end")


def console():
    return server.get_build_console_output(given["job"], server.get_job_info(given["job"])["lastBuild"]["number"])


def matching(text, needle):
    return next((line for line in text.splitlines() if needle in line), "no such line")


def replace():
    server.delete_credential("bb", folder)
    server.create_credential(folder, given["credential"])
    return "deleted and created"


attempt("version", server.get_version)
attempt("credentials", lambda: [each["id"] for each in server.list_credentials(folder)])
attempt("build", build)
attempt("console", lambda: matching(console(), "App passwords are deprecated"))
attempt("reconfigure", lambda: server.reconfig_credential(folder, given["credential"]))
attempt("replace", replace)
attempt("build again", build)
