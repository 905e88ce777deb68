package catalog_test

import "strings"

// Runs of setup in the form of ExchangeSetup.log. The texts are ours, the form
// is that of the samples of Microsoft's log reviewer (CSS-Exchange).
const (
	logDone = `[1] Evaluated [Rule:SchemaUpdateRequired] [HasException:False] [Value:"False"] [ParentValue:"<NULL>"] [Thread:12] [Duration:00:00:00]
[1] Failed [Rule:NoE14ServerWarning] [Message:No server of an older version can be added later.]
[1] [RECOMMENDED] No server of an older version can be added later.
[0] The Exchange Server setup operation completed successfully.
[0] CurrentResult main.run:235: 0
[0] End of Setup
`
	logNotReady = `[1] Started [Rule:SchemaUpdateRequired] [Parent:RootAnalysisMember] [RuleType:Error]
[1] Evaluated [Rule:SchemaUpdateRequired] [HasException:False] [Value:"True"] [ParentValue:"<NULL>"] [Thread:12] [Duration:00:00:00]
[1] Failed [Rule:SchemaUpdateRequired] [Message:The schema is old, and this account is not in the group Schema Admins.]
[1] [REQUIRED] The schema is old, and this account is not in the group Schema Admins.
[1] Help URL: http://technet.microsoft.com/library(EXCHG.150)/ms.exch.setupreadiness.SchemaUpdateRequired.aspx
[1] Failed [Rule:NoE14ServerWarning] [Message:No server of an older version can be added later.]
[1] [RECOMMENDED] No server of an older version can be added later.
[0] The Exchange Server setup operation didn't complete.  More details can be found in ExchangeSetup.log located in the <SystemDrive>:\ExchangeSetupLogs folder.
[0] End of Setup
`
	logPending = `[1] Failed [Rule:PendingRebootWindowsComponents] [Message:There is a pending reboot of a Windows feature. Please restart the computer and run Setup again.]
[1] [REQUIRED] There is a pending reboot of a Windows feature. Please restart the computer and run Setup again.
[0] The Exchange Server setup operation didn't complete.  More details can be found in ExchangeSetup.log located in the <SystemDrive>:\ExchangeSetupLogs folder.
[0] End of Setup
`
	logBroken = `[1] [ERROR] The following error was generated when "$error.Clear();
        if (get-service MSExchangeServiceHost*) { start-service MSExchangeServiceHost }
" was run: "System.ComponentModel.Win32Exception: it cannot be started".
[1] [ERROR] Service 'Microsoft Exchange Service Host (MSExchangeServiceHost)' cannot be started.
[1] [ERROR] Cannot start service MSExchangeServiceHost on computer '.'.
[1] [ERROR-REFERENCE] Id=BridgeheadRoleSetterComponent___115c Component=EXCHANGE14:\Current\Release\Shared\Datacenter\Setup
[1] Setup is stopping now because of one or more critical errors.
[0] The Exchange Server setup operation didn't complete.  More details can be found in ExchangeSetup.log located in the <SystemDrive>:\ExchangeSetupLogs folder.
[0] End of Setup
`
	logLDIF = `[2] [ERROR] There was an error while running 'ldifde.exe' to import the schema file 'C:\Windows\Temp\ExchangeSetup\Setup\Data\PostExchange2003_schema80.ldf'. The error code is: 8245. More details can be found in the error file: 'C:\Users\Han\AppData\Local\Temp\ldif.err'
[1] [ERROR] The following error was generated when "$error.Clear();
        install-ExchangeSchema -LdapFileName ($roleInstallPath + "Setup\Data\"+$RoleSchemaPrefix + "schema80.ldf")
" was run: "Microsoft.Exchange.Configuration.Tasks.TaskException: there was an error".
[1] [ERROR] There was an error while running 'ldifde.exe' to import the schema file 'C:\Windows\Temp\ExchangeSetup\Setup\Data\PostExchange2003_schema80.ldf'. The error code is: 8245. More details can be found in the error file: 'C:\Users\Han\AppData\Local\Temp\ldif.err'
[0] The Exchange Server setup operation didn't complete.  More details can be found in ExchangeSetup.log located in the <SystemDrive>:\ExchangeSetupLogs folder.
[0] End of Setup
`
	logNoDirectory = `[0] [ERROR] Setup encountered a problem while validating the state of Active Directory: Could not find any Domain Controller in domain contoso.test.  See the Exchange setup log for more information on this error.
[0] The Exchange Server setup operation didn't complete.  More details can be found in ExchangeSetup.log located in the <SystemDrive>:\ExchangeSetupLogs folder.
[0] End of Setup
`
)

// logRun is a whole run of a version's setup, with stamps.
func logRun(version, body string) string {
	head := `[0] **********************************************
[0] Starting Microsoft Exchange Server ` + version + ` Setup
[0] **********************************************
[0] Local time zone: (UTC+01:00) Amsterdam, Berlin.
[0] Setup version: 15.1.2507.6.
[0] Logged on user: CONTOSO\Administrator.
[0] Command Line Parameter Name='prepareschema', Value=''.
[0] Command Line Parameter Name='organizationname', Value='Contoso Ltd'.
`
	var b strings.Builder
	for line := range strings.SplitAfterSeq(head+body, "\n") {
		if strings.HasPrefix(line, "[") {
			line = "[11/21/2006 03:00:00.0123] " + line
		}
		b.WriteString(line)
	}
	return b.String()
}
