"""Every Chinese sentence that an answer says of its own when a language model has a part in it."""

from __future__ import annotations

WRITING = "正在请语言模型组织语言，每句核对后显示……"
WITHHELD = "有 {} 句因缺少依据未显示。"
INCOMPLETE = "语言模型中途停止，回答不完整；可以再问一次。"
UNAVAILABLE = "语言模型暂时不可用，以下是报道原句。"
UNPROVEN = "语言模型的回答缺少依据，没有显示；以下是报道原句。"
SILENT = "语言模型没有给出可用的回答，以下是报道原句。"
ORIGINAL = "语言模型没有从报道中读出答案；以下是报道原句，请自行核对。"
QUOTED = "原文摘句"
FILTERED = "语言模型服务没有回答这个问题（内容过滤）。最接近的报道内容见下，供参考。"
BUSY = "服务繁忙，这个问题暂时答不了，请稍后再试。最接近的报道内容见下，供参考。"
