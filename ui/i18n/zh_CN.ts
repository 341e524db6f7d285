<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Baiyun GIS</source>
        <translation>关于白云 GIS</translation>
    </message>
    <message>
        <source>Version {number}</source>
        <translation>版本 {number}</translation>
    </message>
    <message>
        <source>Underground lines, buildings and permits of a district: what is in conflict with what, by which clause, by how much, and how sure it is. Works offline.</source>
        <translation>片区内的地下管线、建筑与规划许可：谁与谁冲突，违反哪一条，差多少，有多确定。全程离线工作。</translation>
    </message>
    <message>
        <source>Licence: Apache 2.0</source>
        <translation>许可证：Apache 2.0</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Map</source>
        <translation>地图(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Check</source>
        <translation>检查(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;New project…</source>
        <translation>新建工程(&amp;N)…</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>打开(&amp;O)…</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open &amp;recent…</source>
        <translation>最近打开(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Import files…</source>
        <translation>导入文件(&amp;I)…</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save &amp;as…</source>
        <translation>另存为(&amp;A)…</translation>
    </message>
    <message>
        <source>&amp;Export report…</source>
        <translation>导出报告(&amp;E)…</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Save map as &amp;picture…</source>
        <translation>地图存为图片(&amp;P)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>&amp;Copy selection as text</source>
        <translation>复制所选为文本(&amp;C)</translation>
    </message>
    <message>
        <source>Select &amp;nothing</source>
        <translation>取消选择(&amp;N)</translation>
    </message>
    <message>
        <source>Show selected in &amp;table</source>
        <translation>在属性表中显示所选(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>设置(&amp;S)…</translation>
    </message>
    <message>
        <source>Map &amp;and scene</source>
        <translation>地图与三维(&amp;A)</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>并列</translation>
    </message>
    <message>
        <source>&amp;Map only</source>
        <translation>仅地图(&amp;M)</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>地图</translation>
    </message>
    <message>
        <source>&amp;Scene only</source>
        <translation>仅三维(&amp;S)</translation>
    </message>
    <message>
        <source>Scene</source>
        <translation>三维</translation>
    </message>
    <message>
        <source>&amp;Play the time line</source>
        <translation>播放时间轴(&amp;P)</translation>
    </message>
    <message>
        <source>Show all &amp;times</source>
        <translation>显示全部时间(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Dark theme</source>
        <translation>深色主题(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Colour-blind-safe colours</source>
        <translation>色盲友好配色(&amp;C)</translation>
    </message>
    <message>
        <source>切换到中文 (Chinese)</source>
        <translation>Switch to English (英文)</translation>
    </message>
    <message>
        <source>&amp;Reset layout</source>
        <translation>恢复默认布局(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Identify</source>
        <translation>识别(&amp;I)</translation>
    </message>
    <message>
        <source>Select in a &amp;box</source>
        <translation>框选(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Measure</source>
        <translation>量测(&amp;M)</translation>
    </message>
    <message>
        <source>Move a &amp;line by hand</source>
        <translation>手动移动管线(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Zoom in</source>
        <translation>放大(&amp;Z)</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>缩小(&amp;O)</translation>
    </message>
    <message>
        <source>Show &amp;everything</source>
        <translation>显示全部(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Run check</source>
        <translation>运行检查(&amp;R)</translation>
    </message>
    <message>
        <source>Run check</source>
        <translation>运行检查</translation>
    </message>
    <message>
        <source>Check again after every &amp;edit</source>
        <translation>每次编辑后重新检查(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Next conflict</source>
        <translation>下一个冲突(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Previous conflict</source>
        <translation>上一个冲突(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Fly there</source>
        <translation>飞到该处(&amp;F)</translation>
    </message>
    <message>
        <source>Explain wh&amp;y, or why not</source>
        <translation>说明为何冲突或不冲突(&amp;Y)</translation>
    </message>
    <message>
        <source>Find a &amp;way out</source>
        <translation>求避让方案(&amp;W)</translation>
    </message>
    <message>
        <source>Apply the way out</source>
        <translation>执行避让方案</translation>
    </message>
    <message>
        <source>Suspect &amp;levels</source>
        <translation>查疑似高程错误(&amp;L)</translation>
    </message>
    <message>
        <source>Apply level &amp;correction</source>
        <translation>应用高程改正(&amp;C)</translation>
    </message>
    <message>
        <source>Export suspect le&amp;vels…</source>
        <translation>导出疑似高程错误(&amp;V)…</translation>
    </message>
    <message>
        <source>Plan test &amp;holes…</source>
        <translation>规划样洞(&amp;H)…</translation>
    </message>
    <message>
        <source>Export &amp;test holes…</source>
        <translation>导出样洞(&amp;T)…</translation>
    </message>
    <message>
        <source>&amp;Accept with a reason…</source>
        <translation>说明理由后接受(&amp;A)…</translation>
    </message>
    <message>
        <source>E&amp;xclude until a date…</source>
        <translation>排除至某日(&amp;X)…</translation>
    </message>
    <message>
        <source>Mark as re&amp;solved</source>
        <translation>标记为已解决(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Open again</source>
        <translation>重新打开(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Command palette…</source>
        <translation>命令面板(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts…</source>
        <translation>快捷键(&amp;K)…</translation>
    </message>
    <message>
        <source>&amp;About Baiyun GIS…</source>
        <translation>关于白云 GIS(&amp;A)…</translation>
    </message>
</context>
<context>
    <name>Checks</name>
    <message>
        <source>The run was stopped. Nothing of it is shown.</source>
        <translation>检查已停止，不显示其部分结果。</translation>
    </message>
    <message>
        <source>{count} conflicts found.</source>
        <translation>发现 {count} 条冲突。</translation>
    </message>
    <message>
        <source>Conflict run</source>
        <translation>冲突检查</translation>
    </message>
    <message>
        <source>Checking the edit</source>
        <translation>检查本次编辑</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>接受</translation>
    </message>
    <message>
        <source>Exclude</source>
        <translation>排除</translation>
    </message>
    <message>
        <source>Decided on {count} conflicts.</source>
        <translation>已处理 {count} 条冲突。</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>What do you want to do?</source>
        <translation>想做什么？</translation>
    </message>
</context>
<context>
    <name>ConflictCard</name>
    <message>
        <source>No rule number: two bodies share one place</source>
        <translation>不涉及条文数值：两者实体相互侵入</translation>
    </message>
    <message>
        <source>mandatory</source>
        <translation>强制性</translation>
    </message>
    <message>
        <source>not mandatory</source>
        <translation>非强制性</translation>
    </message>
    <message>
        <source>strictest row: {names} unknown</source>
        <translation>取最严一行：{names} 不明</translation>
    </message>
    <message>
        <source>confirmed</source>
        <translation>已核实</translation>
    </message>
    <message>
        <source>single source</source>
        <translation>单一来源</translation>
    </message>
    <message>
        <source>unconfirmed</source>
        <translation>未核实</translation>
    </message>
    <message>
        <source>set by the user</source>
        <translation>用户设定</translation>
    </message>
    <message>
        <source>{name}: level {level}, section {section}</source>
        <translation>{name}：高程{level}，断面{section}</translation>
    </message>
    <message>
        <source>until {day}</source>
        <translation>至 {day}</translation>
    </message>
    <message>
        <source>Required</source>
        <translation>要求</translation>
    </message>
    <message>
        <source>Actual</source>
        <translation>实际</translation>
    </message>
    <message>
        <source>Short by</source>
        <translation>不足</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>违反概率</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>依据与计算</translation>
    </message>
    <message>
        <source>What every check says…</source>
        <translation>各项检查怎么说…</translation>
    </message>
    <message>
        <source>Check by check: rules, numbers and where they come from (Ctrl+Alt+E)</source>
        <translation>逐项检查：条文、数值及其来源 (Ctrl+Alt+E)</translation>
    </message>
    <message>
        <source>What it rests on</source>
        <translation>数据来源</translation>
    </message>
    <message>
        <source>Accept…</source>
        <translation>接受…</translation>
    </message>
    <message>
        <source>Exclude…</source>
        <translation>排除…</translation>
    </message>
    <message>
        <source>Resolved</source>
        <translation>已解决</translation>
    </message>
    <message>
        <source>Open again</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>Accept with a reason (A)</source>
        <translation>说明理由后接受（A）</translation>
    </message>
    <message>
        <source>Exclude until a date (X)</source>
        <translation>排除至某日（X）</translation>
    </message>
    <message>
        <source>Mark as resolved (R)</source>
        <translation>标记为已解决（R）</translation>
    </message>
    <message>
        <source>Take the decision back</source>
        <translation>撤回处理决定</translation>
    </message>
</context>
<context>
    <name>ConflictModel</name>
    <message>
        <source>Certainty</source>
        <translation>确定性</translation>
    </message>
    <message>
        <source>Kinds</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>Required</source>
        <translation>要求</translation>
    </message>
    <message>
        <source>Actual</source>
        <translation>实际</translation>
    </message>
    <message>
        <source>Short by</source>
        <translation>不足</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查项</translation>
    </message>
    <message>
        <source>Clause</source>
        <translation>条文</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Since last run</source>
        <translation>与上次相比</translation>
    </message>
</context>
<context>
    <name>ConflictsPanel</name>
    <message>
        <source>All checks</source>
        <translation>全部检查项</translation>
    </message>
    <message>
        <source>No conflict run yet</source>
        <translation>尚未检查</translation>
    </message>
    <message>
        <source>A run tests every line by the rule set and lists what is in conflict.</source>
        <translation>检查会按规则集逐条核对所有管线，并列出冲突。</translation>
    </message>
    <message>
        <source>Run check</source>
        <translation>运行检查</translation>
    </message>
    <message>
        <source>No conflicts found</source>
        <translation>未发现冲突</translation>
    </message>
    <message>
        <source>Nothing to list</source>
        <translation>没有可列出的内容</translation>
    </message>
    <message>
        <source>New or worse {count}</source>
        <translation>新增或加重 {count}</translation>
    </message>
    <message>
        <source>This run took everything, whatever its dates.</source>
        <translation>此次检查未限定日期，包含全部时间的对象。</translation>
    </message>
    <message>
        <source>This run was made for {day}.</source>
        <translation>此次检查针对 {day}。</translation>
    </message>
    <message>
        <source>Filter: kind, id, road, clause…</source>
        <translation>筛选：种类、编号、道路、条文…</translation>
    </message>
    <message>
        <source>Open only</source>
        <translation>仅待处理</translation>
    </message>
    <message>
        <source>The project has changed since this run.</source>
        <translation>工程在本次检查之后已有改动。</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>重新检查</translation>
    </message>
</context>
<context>
    <name>DecisionDialog</name>
    <message>
        <source>Why it may stay: a drawing, a survey, an agreement…</source>
        <translation>为何可以保留：图纸、实测、协议……</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>有效期至</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>Decided by</source>
        <translation>处理人</translation>
    </message>
</context>
<context>
    <name>Diagnoses</name>
    <message>
        <source>{count} suspect levels.</source>
        <translation>疑似高程错误 {count} 处。</translation>
    </message>
    <message>
        <source>Suspect levels</source>
        <translation>疑似高程错误</translation>
    </message>
    <message>
        <source>{count} test holes planned.</source>
        <translation>已规划样洞 {count} 个。</translation>
    </message>
    <message>
        <source>Planning test holes</source>
        <translation>规划样洞</translation>
    </message>
    <message>
        <source>Export suspect levels</source>
        <translation>导出疑似高程错误</translation>
    </message>
    <message>
        <source>Export test holes</source>
        <translation>导出样洞</translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation>文本 (*.txt)</translation>
    </message>
</context>
<context>
    <name>DiggingPanel</name>
    <message>
        <source>No test holes planned yet</source>
        <translation>尚未规划样洞</translation>
    </message>
    <message>
        <source>A few holes at the right places settle most of what is undecided.</source>
        <translation>开挖少数几个位置合适的样洞，即可判定大部分未决结果。</translation>
    </message>
    <message>
        <source>Plan test holes…</source>
        <translation>规划样洞…</translation>
    </message>
    <message>
        <source>Nowhere to dig</source>
        <translation>无需开挖</translation>
    </message>
    <message>
        <source>Nothing is undecided that a test hole could settle.</source>
        <translation>没有可由样洞判定的未决结果。</translation>
    </message>
    <message>
        <source>{count} holes settle {share} of the risk of what is undecided.</source>
        <translation>{count} 个样洞可解除未决风险的 {share}。</translation>
    </message>
    <message>
        <source>The project has changed since this plan.</source>
        <translation>规划之后工程已有改动。</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Take the holes off the map</source>
        <translation>从地图上移除样洞</translation>
    </message>
    <message>
        <source>Plan again</source>
        <translation>重新规划</translation>
    </message>
</context>
<context>
    <name>Explaining</name>
    <message>
        <source>Explanation</source>
        <translation>冲突说明</translation>
    </message>
</context>
<context>
    <name>ExplanationDialog</name>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
</context>
<context>
    <name>FeatureCard</name>
    <message>
        <source>In {count} conflicts</source>
        <translation>涉及 {count} 条冲突</translation>
    </message>
    <message>
        <source>How it came to be</source>
        <translation>处理历史</translation>
    </message>
</context>
<context>
    <name>Files</name>
    <message>
        <source>Open project</source>
        <translation>打开工程</translation>
    </message>
    <message>
        <source>Projects (*.gpkg)</source>
        <translation>工程文件 (*.gpkg)</translation>
    </message>
    <message>
        <source>Opening {name}</source>
        <translation>正在打开 {name}</translation>
    </message>
    <message>
        <source>The project is in use</source>
        <translation>工程正在使用中</translation>
    </message>
    <message>
        <source>Open it for reading only?</source>
        <translation>要以只读方式打开吗？</translation>
    </message>
    <message>
        <source>Save project as</source>
        <translation>工程另存为</translation>
    </message>
    <message>
        <source>Saving the project</source>
        <translation>正在保存工程</translation>
    </message>
    <message>
        <source>The project has unsaved edits.</source>
        <translation>工程有未保存的修改。</translation>
    </message>
    <message>
        <source>Save them before going on?</source>
        <translation>继续之前要保存吗？</translation>
    </message>
    <message>
        <source>Import files</source>
        <translation>导入文件</translation>
    </message>
    <message>
        <source>Export report</source>
        <translation>导出报告</translation>
    </message>
    <message>
        <source>Exporting the report</source>
        <translation>正在导出报告</translation>
    </message>
    <message>
        <source>Save map as picture</source>
        <translation>地图存为图片</translation>
    </message>
    <message>
        <source>Drawing the map</source>
        <translation>正在绘制地图</translation>
    </message>
</context>
<context>
    <name>HelpDialog</name>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
</context>
<context>
    <name>HoleCard</name>
    <message>
        <source>Test hole {number}</source>
        <translation>样洞 {number}</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>另有 {count} 项</translation>
    </message>
    <message>
        <source>To lay open</source>
        <translation>需揭露的管线</translation>
    </message>
    <message>
        <source>Findings it settles</source>
        <translation>可判定的结果</translation>
    </message>
</context>
<context>
    <name>HoleCountDialog</name>
    <message>
        <source>Plan test holes</source>
        <translation>规划样洞</translation>
    </message>
    <message>
        <source>Finds the places where laying lines open, or measuring again in a chamber, settles most of what the check left undecided.</source>
        <translation>查找最值得开挖揭露或在井内重测的位置，以判定检查中大部分未决的结果。</translation>
    </message>
    <message>
        <source>Number of holes</source>
        <translation>样洞数量</translation>
    </message>
    <message>
        <source>Traffic, permits and cost are not known to the plan.</source>
        <translation>规划不考虑交通、审批与费用。</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>规划</translation>
    </message>
</context>
<context>
    <name>HoleModel</name>
    <message>
        <source>Part of the undecided risk that the holes so far settle</source>
        <translation>至此样洞累计解除的未决风险比例</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Lay open</source>
        <translation>揭露</translation>
    </message>
    <message>
        <source>Depth (m)</source>
        <translation>埋深 (m)</translation>
    </message>
    <message>
        <source>Settles</source>
        <translation>可判定</translation>
    </message>
    <message>
        <source>Risk</source>
        <translation>风险</translation>
    </message>
    <message>
        <source>Chamber {node}</source>
        <translation>井 {node}</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>As inferred</source>
        <translation>自动推断</translation>
    </message>
    <message>
        <source>Pipes</source>
        <translation>管线</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>管线点</translation>
    </message>
    <message>
        <source>Buildings</source>
        <translation>建筑</translation>
    </message>
    <message>
        <source>Permits</source>
        <translation>许可</translation>
    </message>
    <message>
        <source>Structures</source>
        <translation>地物</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>重新读取</translation>
    </message>
    <message>
        <source>Reference system</source>
        <translation>坐标系</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>编码</translation>
    </message>
    <message>
        <source>Into</source>
        <translation>导入到</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Reading {names}</source>
        <translation>正在读取 {names}</translation>
    </message>
    <message>
        <source>{format}: {taken} of {read} rows</source>
        <translation>{format}：取用 {taken} / {read} 行</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>{name}: reference system {crs}; {set_aside} rows set aside</source>
        <translation>{name}：坐标系 {crs}；{set_aside} 行被隔离</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>Inferred ({count})</source>
        <translation>推断（{count}）</translation>
    </message>
    <message>
        <source>Set aside ({count})</source>
        <translation>隔离（{count}）</translation>
    </message>
    <message>
        <source>Nothing says where on earth these are: choose the reference system first.</source>
        <translation>尚不知道坐标属于哪个坐标系：请先选择坐标系。</translation>
    </message>
    <message>
        <source>Importing {names}</source>
        <translation>正在导入 {names}</translation>
    </message>
    <message>
        <source>Imported {taken} features; {set_aside} rows set aside.</source>
        <translation>已导入 {taken} 个要素；{set_aside} 行被隔离。</translation>
    </message>
</context>
<context>
    <name>InspectorPanel</name>
    <message>
        <source>Nothing selected</source>
        <translation>未选择对象</translation>
    </message>
    <message>
        <source>Click something on the map, in the scene or in a list to see all about it.</source>
        <translation>在地图、三维场景或列表中点选对象，即可查看其全部信息。</translation>
    </message>
</context>
<context>
    <name>JobsBar</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
</context>
<context>
    <name>LayersPanel</name>
    <message>
        <source>Opacity</source>
        <translation>不透明度</translation>
    </message>
    <message>
        <source>No layers yet</source>
        <translation>还没有图层</translation>
    </message>
    <message>
        <source>Import survey files or open a project; its layers appear here by theme.</source>
        <translation>导入探测成果或打开工程后，图层将按专题列在这里。</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Layers</source>
        <translation>图层</translation>
    </message>
    <message>
        <source>Conflicts</source>
        <translation>冲突</translation>
    </message>
    <message>
        <source>Buildings in question</source>
        <translation>疑似违建</translation>
    </message>
    <message>
        <source>Suspect levels</source>
        <translation>疑似高程错误</translation>
    </message>
    <message>
        <source>Where to dig</source>
        <translation>建议开挖</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Time line</source>
        <translation>时间轴</translation>
    </message>
    <message>
        <source>Attribute table</source>
        <translation>属性表</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>新建工程</translation>
    </message>
</context>
<context>
    <name>MapPanel</name>
    <message>
        <source>Copy coordinates</source>
        <translation>复制坐标</translation>
    </message>
    <message>
        <source>Centre here, in the scene too</source>
        <translation>以此为中心（三维同步）</translation>
    </message>
    <message>
        <source>Identify and pan (V)</source>
        <translation>识别与平移（V）</translation>
    </message>
    <message>
        <source>Select in a box (B)</source>
        <translation>框选（B）</translation>
    </message>
    <message>
        <source>Measure length and area (M)</source>
        <translation>量测长度与面积（M）</translation>
    </message>
    <message>
        <source>Move a line, its conflicts shown on the way (L)</source>
        <translation>移动管线，沿途显示冲突（L）</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Drop survey files here</source>
        <translation>把探测成果文件拖到这里</translation>
    </message>
    <message>
        <source>Tables, shapefiles, DXF, GeoPackage, EPANET, SWMM, CityJSON or GeoTIFF. What they mean is inferred and shown before anything is taken.</source>
        <translation>支持表格、Shapefile、DXF、GeoPackage、EPANET、SWMM、CityJSON、GeoTIFF。先推断含义并给出预览，确认后才导入。</translation>
    </message>
    <message>
        <source>Import files…</source>
        <translation>导入文件…</translation>
    </message>
</context>
<context>
    <name>MessagesPanel</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
</context>
<context>
    <name>Moving</name>
    <message>
        <source>The line before is still being laid down; take this one up in a moment.</source>
        <translation>上一条管线还在放下，请稍后再移动这条。</translation>
    </message>
    <message>
        <source>The project was changed meanwhile; the line was left where it is.</source>
        <translation>其间工程已被更改，管线留在原处。</translation>
    </message>
    <message>
        <source>Looking around the line</source>
        <translation>查看管线周围</translation>
    </message>
    <message>
        <source>looking around…</source>
        <translation>正在查看周围…</translation>
    </message>
    <message>
        <source>cannot be checked</source>
        <translation>无法检查</translation>
    </message>
    <message>
        <source>conflicts {now} (before {before})</source>
        <translation>冲突 {now}（原 {before}）</translation>
    </message>
    <message>
        <source>cannot judge {count}</source>
        <translation>无法判定 {count}</translation>
    </message>
</context>
<context>
    <name>NewProjectDialog</name>
    <message>
        <source>New project</source>
        <translation>新建工程</translation>
    </message>
    <message>
        <source>For example the district&apos;s name</source>
        <translation>例如片区名称</translation>
    </message>
    <message>
        <source>From the first import</source>
        <translation>取自首次导入</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Reference system</source>
        <translation>坐标系</translation>
    </message>
    <message>
        <source>Vertical datum</source>
        <translation>高程基准</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>创建</translation>
    </message>
</context>
<context>
    <name>RecentDialog</name>
    <message>
        <source>Recent projects</source>
        <translation>最近的工程</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
</context>
<context>
    <name>Remedies</name>
    <message>
        <source>Way out of a conflict</source>
        <translation>求避让方案</translation>
    </message>
    <message>
        <source>Moved {line}; checking again.</source>
        <translation>已移动 {line}，正在重新检查。</translation>
    </message>
</context>
<context>
    <name>RemedyCard</name>
    <message>
        <source>Way out</source>
        <translation>避让方案</translation>
    </message>
    <message>
        <source>Find a way out</source>
        <translation>求避让方案</translation>
    </message>
    <message>
        <source>Look for the smallest move of the line that gives way (Ctrl+Alt+W)</source>
        <translation>求避让管线的最小移动量（Ctrl+Alt+W）</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>执行</translation>
    </message>
    <message>
        <source>Make the move; it can be undone</source>
        <translation>执行移动，可撤销</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>不采用</translation>
    </message>
</context>
<context>
    <name>ScenePanel</name>
    <message>
        <source>No 3D scene here</source>
        <translation>此处没有三维场景</translation>
    </message>
    <message>
        <source>This screen offers no OpenGL. The map, the list and all checks work without it; pictures of the scene can be made with the render command.</source>
        <translation>此屏幕不支持 OpenGL。地图、列表和所有检查不受影响；三维图片可用 render 命令生成。</translation>
    </message>
</context>
<context>
    <name>SceneToolbar</name>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Show everything (Home)</source>
        <translation>显示全部（Home）</translation>
    </message>
    <message>
        <source>Above</source>
        <translation>俯视</translation>
    </message>
    <message>
        <source>Look straight down</source>
        <translation>垂直向下看</translation>
    </message>
    <message>
        <source>Slant</source>
        <translation>斜视</translation>
    </message>
    <message>
        <source>Look from above at a slant</source>
        <translation>从上方斜看</translation>
    </message>
    <message>
        <source>Below</source>
        <translation>仰视</translation>
    </message>
    <message>
        <source>Look up from below the ground</source>
        <translation>从地下向上看</translation>
    </message>
    <message>
        <source>Ground</source>
        <translation>地面</translation>
    </message>
    <message>
        <source>How solid the ground is drawn</source>
        <translation>地面的不透明程度</translation>
    </message>
    <message>
        <source>Levels</source>
        <translation>高程</translation>
    </message>
    <message>
        <source>Exaggerate levels, for looking only</source>
        <translation>夸大高程，仅用于观察</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>CJJ 61</source>
        <translation>CJJ 61 标准色</translation>
    </message>
    <message>
        <source>Colour-blind safe</source>
        <translation>色盲友好</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Colours of lines</source>
        <translation>管线配色</translation>
    </message>
    <message>
        <source>Your name</source>
        <translation>您的姓名</translation>
    </message>
    <message>
        <source>The name stands under your decisions in reports.</source>
        <translation>报告中的处理决定将署此姓名。</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>In the conflict list</source>
        <translation>冲突列表中</translation>
    </message>
    <message>
        <source>Next, previous</source>
        <translation>下一个、上一个</translation>
    </message>
    <message>
        <source>Fly there</source>
        <translation>飞到该处</translation>
    </message>
    <message>
        <source>Accept, exclude, resolve</source>
        <translation>接受、排除、已解决</translation>
    </message>
</context>
<context>
    <name>SketchView</name>
    <message>
        <source>Section</source>
        <translation>断面</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>平面</translation>
    </message>
</context>
<context>
    <name>SourceTables</name>
    <message>
        <source>Source column</source>
        <translation>源字段</translation>
    </message>
    <message>
        <source>Taken as</source>
        <translation>对应为</translation>
    </message>
    <message>
        <source>Row {number}</source>
        <translation>第 {number} 行</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>未使用</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>把握</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>ID</source>
        <translation>编号</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>own system</source>
        <translation>自定义坐标系</translation>
    </message>
    <message>
        <source>No reference system</source>
        <translation>无坐标系</translation>
    </message>
    <message>
        <source>{count} lines</source>
        <translation>{count} 条管线</translation>
    </message>
    <message>
        <source>{count} points</source>
        <translation>{count} 个管点</translation>
    </message>
    <message>
        <source>{count} buildings</source>
        <translation>{count} 栋建筑</translation>
    </message>
    <message>
        <source>{count} conflicts</source>
        <translation>{count} 条冲突</translation>
    </message>
    <message>
        <source>{count} selected</source>
        <translation>已选 {count}</translation>
    </message>
</context>
<context>
    <name>SuspectCard</name>
    <message>
        <source>Corrected, {count} conflicts would be gone.</source>
        <translation>改正后可消除 {count} 处冲突。</translation>
    </message>
    <message>
        <source>The depth is wrong by as much and is corrected with it.</source>
        <translation>埋深同错，将一并改正。</translation>
    </message>
    <message>
        <source>What is recorded here has changed since; look again.</source>
        <translation>此处记录已有改动，请重新检查。</translation>
    </message>
    <message>
        <source>Corrected; undo takes it back.</source>
        <translation>已改正，可撤销恢复。</translation>
    </message>
    <message>
        <source>Suspect level</source>
        <translation>疑似高程错误</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>记录值</translation>
    </message>
    <message>
        <source>Likely</source>
        <translation>可能值</translation>
    </message>
    <message>
        <source>Off by</source>
        <translation>偏差</translation>
    </message>
    <message>
        <source>What speaks for it</source>
        <translation>依据</translation>
    </message>
    <message>
        <source>Apply correction</source>
        <translation>应用改正</translation>
    </message>
    <message>
        <source>Change the recorded level; it can be undone</source>
        <translation>改正所记录的高程，可撤销</translation>
    </message>
</context>
<context>
    <name>SuspectLevelModel</name>
    <message>
        <source>Very likely</source>
        <translation>极可能</translation>
    </message>
    <message>
        <source>Likely</source>
        <translation>很可能</translation>
    </message>
    <message>
        <source>Possible</source>
        <translation>可能</translation>
    </message>
    <message>
        <source>Doubtful</source>
        <translation>存疑</translation>
    </message>
    <message>
        <source>Conflicts that would be gone after the correction</source>
        <translation>改正后可消除的冲突数</translation>
    </message>
    <message>
        <source>Suspicion</source>
        <translation>可疑程度</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Recorded → likely (m)</source>
        <translation>记录 → 可能 (m)</translation>
    </message>
    <message>
        <source>Conflicts</source>
        <translation>可消冲突</translation>
    </message>
    <message>
        <source>Kind of mistake</source>
        <translation>错误类型</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>已改动</translation>
    </message>
    <message>
        <source>Corrected</source>
        <translation>已改正</translation>
    </message>
    <message>
        <source>Point {node}</source>
        <translation>点 {node}</translation>
    </message>
    <message>
        <source>{pipe} at {node}</source>
        <translation>{pipe} 在 {node}</translation>
    </message>
    <message>
        <source>{pipe}, both ends</source>
        <translation>{pipe} 两端</translation>
    </message>
    <message>
        <source>{pipe}, direction</source>
        <translation>{pipe} 方向</translation>
    </message>
    <message>
        <source>Batch of {count} ends</source>
        <translation>整批 {count} 个管端</translation>
    </message>
</context>
<context>
    <name>SuspectLevelsPanel</name>
    <message>
        <source>Levels not looked at yet</source>
        <translation>尚未检查高程</translation>
    </message>
    <message>
        <source>Finds levels that contradict their neighbours, and what they probably were.</source>
        <translation>查找与周围矛盾的高程，并推断其可能的正确值。</translation>
    </message>
    <message>
        <source>Look for suspect levels</source>
        <translation>查疑似高程错误</translation>
    </message>
    <message>
        <source>Nothing to look at</source>
        <translation>无可检查</translation>
    </message>
    <message>
        <source>No existing line has a level.</source>
        <translation>没有任何现状管线有高程。</translation>
    </message>
    <message>
        <source>No level is suspected</source>
        <translation>未发现疑似高程错误</translation>
    </message>
    <message>
        <source>{count} line ends agree with what is around them.</source>
        <translation>{count} 个管端均与周围相符。</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>重新检查</translation>
    </message>
    <message>
        <source>{cases} suspect levels among {count} line ends, the surest first.</source>
        <translation>{count} 个管端中有 {cases} 处疑似高程错误，按可疑程度排列。</translation>
    </message>
    <message>
        <source>The project has changed since this was found.</source>
        <translation>检查之后工程已有改动。</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
</context>
<context>
    <name>SuspectLink</name>
    <message>
        <source>Look at the evidence</source>
        <translation>查看依据</translation>
    </message>
    <message>
        <source>Suspect level</source>
        <translation>疑似高程错误</translation>
    </message>
</context>
<context>
    <name>SuspicionModel</name>
    <message>
        <source>Certainty</source>
        <translation>确定性</translation>
    </message>
    <message>
        <source>What is suspected</source>
        <translation>疑点</translation>
    </message>
    <message>
        <source>Building</source>
        <translation>建筑</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>实测</translation>
    </message>
    <message>
        <source>Permitted</source>
        <translation>许可</translation>
    </message>
    <message>
        <source>Against</source>
        <translation>对照</translation>
    </message>
</context>
<context>
    <name>SuspicionsPanel</name>
    <message>
        <source>Nothing compared yet</source>
        <translation>尚未比对</translation>
    </message>
    <message>
        <source>A conflict run also compares buildings with permits and with lines.</source>
        <translation>运行检查时会同时比对建筑与许可、建筑与管线。</translation>
    </message>
    <message>
        <source>Nothing suspected</source>
        <translation>没有疑点</translation>
    </message>
    <message>
        <source>{count} buildings in the project.</source>
        <translation>工程中有 {count} 栋建筑。</translation>
    </message>
    <message>
        <source>{count} suspicions, to be checked on site: evidence, not a verdict.</source>
        <translation>{count} 条线索，需现场核查：仅为证据，不作结论。</translation>
    </message>
</context>
<context>
    <name>TablePanel</name>
    <message>
        <source>{shown} of {total} rows</source>
        <translation>{shown} / {total} 行</translation>
    </message>
    <message>
        <source>Pipes</source>
        <translation>管线</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>管线点</translation>
    </message>
    <message>
        <source>Buildings</source>
        <translation>建筑</translation>
    </message>
    <message>
        <source>Permits</source>
        <translation>许可</translation>
    </message>
    <message>
        <source>Structures</source>
        <translation>地物</translation>
    </message>
    <message>
        <source>Search rows…</source>
        <translation>搜索…</translation>
    </message>
    <message>
        <source>Selected only</source>
        <translation>仅所选</translation>
    </message>
</context>
<context>
    <name>TimelinePanel</name>
    <message>
        <source>Previous change</source>
        <translation>上一次变化</translation>
    </message>
    <message>
        <source>Next change</source>
        <translation>下一次变化</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>All times</source>
        <translation>全部时间</translation>
    </message>
    <message>
        <source>Show everything whatever its dates</source>
        <translation>不按日期筛选，显示全部</translation>
    </message>
    <message>
        <source>Nothing in the project has a date yet.</source>
        <translation>工程中还没有带日期的内容。</translation>
    </message>
</context>
<context>
    <name>TitleBar</name>
    <message>
        <source>Float or dock</source>
        <translation>浮动或停靠</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
</TS>
